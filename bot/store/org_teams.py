"""Which workspaces belong to an organisation that installed circlebot as a whole (Enterprise Grid).

All have the organisation's installation. It goes before they do: what is theirs waits for the organisation to be back.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import org_teams


class OrgTeamRepository(Repository):
    async def insert(self, enterprise: str, workspace: str, name: str = "") -> bool:
        """False where it was known. A workspace belongs to one organisation, the one that was told last."""
        known = await self.list_names(enterprise)
        values = {"workspace": workspace, "enterprise": enterprise, "name": name or known.get(workspace, "")}
        await self._upsert(org_teams, values, ("workspace",))
        return workspace not in known

    async def replace(self, enterprise: str, teams: Mapping[str, str]) -> list[str]:
        """These names by id are all. Returns those that no longer belong to it."""
        gone = sorted(await self.list_names(enterprise) - teams.keys())
        for workspace, name in teams.items():
            await self.insert(enterprise, workspace, name)
        await self._connection.execute(
            delete(org_teams).where(org_teams.c.enterprise == enterprise, org_teams.c.workspace.in_(gone))
        )
        return gone

    async def list_names(self, enterprise: str) -> dict[str, str]:
        """By the workspace's id."""
        rows = await self._connection.execute(select(org_teams).where(org_teams.c.enterprise == enterprise))
        return {row.workspace: row.name for row in rows}
