"""The admins whom admins of a workspace made so, beside those whom ADMIN_USERS names."""

from __future__ import annotations

from sqlalchemy import delete, select

from bot.domain.people import AddedAdmin
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import admins

_OF_WORKSPACE = select(admins).where(bind_columns(admins, "workspace")).order_by(admins.c.added_at, admins.c.who)
_LOCKED = _OF_WORKSPACE.with_for_update()
_ONE = delete(admins).where(bind_columns(admins, "workspace", "who"))


class WorkspaceAdminRepository(Repository):
    async def list_for_workspace(self, workspace: str, *, locked: bool = False) -> list[AddedAdmin]:
        """While it is `locked`, nobody else removes one until this transaction ends."""
        rows = await self._connection.execute(_LOCKED if locked else _OF_WORKSPACE, {"workspace": workspace})
        return [AddedAdmin(row.workspace, row.who, row.added_by, row.added_at) for row in rows]

    async def insert(self, admin: AddedAdmin) -> bool:
        """False where they are one already."""
        return await self._insert_if_new(admins, admin._asdict())

    async def delete(self, workspace: str, who: str) -> bool:
        """False where they were none."""
        return (await self._connection.execute(_ONE, {"workspace": workspace, "who": who})).rowcount == 1
