"""User groups that Slack told of, with their members: what a policy says about a group holds for these."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.slack_groups import UserGroup
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import user_groups

_ALL = select(user_groups).where(bind_columns(user_groups, "workspace")).order_by(user_groups.c.id)


class UserGroupRepository(Repository):
    async def list_for_workspace(self, workspace: str) -> list[UserGroup]:
        return [_build_group(row) for row in await self._connection.execute(_ALL, {"workspace": workspace})]

    async def update_all(
        self, workspace: str, named: Collection[str], told: Collection[UserGroup], *, now: datetime
    ) -> None:
        """What Slack tells of these now; of one that it no longer shows the members that it last had stay."""
        unseen = {*named} - {one.id for one in told}
        gone = (user_groups.c.workspace == workspace) & user_groups.c.id.in_(unseen)
        await self._connection.execute(update(user_groups).where(gone).values(is_shown=False, checked_at=now))
        for one in told:
            values = {
                "workspace": workspace,
                "id": one.id,
                "handle": one.handle,
                "name": one.name,
                "members": ",".join(sorted(one.members)),
                "is_shown": one.is_shown,
                "checked_at": now,
            }
            await self._upsert(user_groups, values, ("workspace", "id"))


def _build_group(row: Row[Any]) -> UserGroup:
    members = frozenset(filter(None, row.members.split(",")))
    return UserGroup(row.id, row.handle, row.name, members, row.checked_at, row.is_shown)
