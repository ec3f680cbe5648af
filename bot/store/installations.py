"""The Slack workspaces, and organisations of several, that circlebot was installed in; their bot tokens sealed.

A workspace's own installation counts; where it has none, that of its organisation does.

A token that does not open (its key is lost, or the row was copied) reads as empty, so that one dead row stops nothing
else: nothing is said in that workspace until it installs us again, or the key is back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update

from bot.domain.people import Installation, is_organisation
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import installations, org_teams
from bot.store.vault import Vault, VaultError

_OF_ITS_ORGANISATION = select(org_teams.c.enterprise).where(bind_columns(org_teams, "workspace")).scalar_subquery()
_ONE = (
    select(installations)
    .where(or_(bind_columns(installations, "workspace"), installations.c.workspace == _OF_ITS_ORGANISATION))
    .order_by(installations.c.workspace != bindparam("workspace"))
    .limit(1)
)
_IS_OF_A_WORKSPACE = installations.c.workspace.is_distinct_from(installations.c.enterprise)


def format_owner(workspace: str) -> str:
    return f"installation:{workspace}"


def format_refresh_owner(workspace: str) -> str:
    return f"installation:{workspace}:refresh"


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
            **self._seal_tokens(installation),
        }
        await self._upsert(installations, values, ("workspace",))

    async def find(self, workspace: str) -> Installation | None:
        """The workspace's own, or else that of its organisation."""
        row = (await self._connection.execute(_ONE, {"workspace": workspace})).first()
        return self._build_installation(row) if row else None

    async def list_all(self) -> list[Installation]:
        rows = await self._connection.execute(select(installations).order_by(installations.c.workspace))
        return [self._build_installation(row) for row in rows]

    async def list_workspaces(self) -> list[str]:
        """Those that circlebot is in, by an installation of their own or of their organisation."""
        own = select(installations.c.workspace)
        ours = await self._connection.scalars(own.where(_IS_OF_A_WORKSPACE))
        theirs = select(org_teams.c.workspace).where(org_teams.c.enterprise.in_(own))
        return sorted({*ours, *await self._connection.scalars(theirs)})

    async def list_served(self, installed: str) -> list[str]:
        """The workspaces that an installation is for: one, or all that are known of its organisation."""
        if not is_organisation(installed):
            return [installed]
        theirs = select(org_teams.c.workspace).where(org_teams.c.enterprise == installed)
        return sorted(await self._connection.scalars(theirs))

    async def delete(self, known: Installation) -> bool:
        """That one. False where it is gone, or was installed anew meanwhile."""
        at = installations.c
        same = at.workspace == known.workspace, at.installed_at == known.installed_at
        return (await self._connection.execute(delete(installations).where(*same))).rowcount == 1

    async def renew(self, installation: Installation) -> None:
        """Its tokens are these now; unless it left meanwhile."""
        here = installations.c.workspace == installation.workspace
        await self._connection.execute(update(installations).where(here).values(**self._seal_tokens(installation)))

    async def mark_refused(self, installation: Installation, now: datetime) -> bool:
        """Slack takes its refresh token no more. False where another process has replaced that meanwhile."""
        at = installations.c
        same = at.workspace == installation.workspace, at.expires_at == installation.expires_at
        return (await self._connection.execute(update(installations).where(*same).values(refused_at=now))).rowcount == 1

    def _seal_tokens(self, given: Installation) -> dict[str, Any]:
        refresh = given.refresh_token
        return {
            "token_sealed": self._vault.seal(format_owner(given.workspace), given.token),
            "refresh_sealed": refresh and self._vault.seal(format_refresh_owner(given.workspace), refresh),
            "expires_at": given.expires_at,
            "refused_at": given.refused_at,
        }

    def _build_installation(self, row: Row[Any]) -> Installation:
        return Installation(
            workspace=row.workspace,
            name=row.name,
            bot_user=row.bot_user,
            bot_id=row.bot_id,
            scopes=tuple(filter(None, row.scopes.split(","))),
            installed_by=row.installed_by,
            installed_at=row.installed_at,
            token=self._open(format_owner(row.workspace), row.token_sealed),
            enterprise=row.enterprise,
            refresh_token=self._open(format_refresh_owner(row.workspace), row.refresh_sealed) or None,
            expires_at=row.expires_at,
            refused_at=row.refused_at,
        )

    def _open(self, owner: str, sealed: str | None) -> str:
        try:
            return self._vault.open(owner, sealed) if sealed else ""
        except VaultError:
            return ""
