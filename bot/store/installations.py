"""The Slack workspaces that circlebot was installed in, their bot tokens sealed.

A token that does not open (its key is lost, or the row was copied) reads as empty, so that one dead row stops nothing
else: nothing is said in that workspace until it installs us again, or the key is back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.people import Installation
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import installations
from bot.store.vault import Vault, VaultError

_ONE = select(installations).where(bind_columns(installations, "workspace"))


def format_owner(workspace: str) -> str:
    return f"installation:{workspace}"


class InstallationRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def upsert(self, installation: Installation) -> None:
        values = {
            "workspace": installation.workspace,
            "name": installation.name,
            "enterprise": installation.enterprise,
            "bot_user": installation.bot_user,
            "bot_id": installation.bot_id,
            "scopes": ",".join(installation.scopes),
            "installed_by": installation.installed_by,
            "installed_at": installation.installed_at,
            "token_sealed": self._vault.seal(format_owner(installation.workspace), installation.token),
        }
        await self._upsert(installations, values, ("workspace",))

    async def find(self, workspace: str) -> Installation | None:
        row = (await self._connection.execute(_ONE, {"workspace": workspace})).one_or_none()
        return self._build_installation(row) if row else None

    async def list_all(self) -> list[Installation]:
        rows = await self._connection.execute(select(installations).order_by(installations.c.workspace))
        return [self._build_installation(row) for row in rows]

    async def list_workspaces(self) -> list[str]:
        return list(await self._connection.scalars(select(installations.c.workspace)))

    def _build_installation(self, row: Row[Any]) -> Installation:
        return Installation(
            workspace=row.workspace,
            name=row.name,
            bot_user=row.bot_user,
            bot_id=row.bot_id,
            scopes=tuple(filter(None, row.scopes.split(","))),
            installed_by=row.installed_by,
            installed_at=row.installed_at,
            token=self._open_token(row),
            enterprise=row.enterprise,
        )

    def _open_token(self, row: Row[Any]) -> str:
        try:
            return self._vault.open(format_owner(row.workspace), row.token_sealed)
        except VaultError:
            return ""
