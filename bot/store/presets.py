"""Named triggers, as `circlebot apply` sets them: `/circle trigger --preset deploy-staging`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select

from bot.domain import ProjectSlug
from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import presets


@dataclass(frozen=True, slots=True)
class Preset:
    """A project, a branch or tag, and parameters as they would be typed."""

    workspace: str
    name: str
    project: ProjectSlug
    branch: str | None
    tag: str | None
    parameters: Mapping[str, str]


class PresetRepository(Repository):
    async def find(self, workspace: str, name: str) -> Preset | None:
        return next((preset for preset in await self.list_for_workspace(workspace) if preset.name == name), None)

    async def list_for_workspace(self, workspace: str) -> list[Preset]:
        query = select(presets).where(presets.c.workspace == workspace).order_by(presets.c.name)
        return [_build_preset(row) for row in await self._connection.execute(query)]

    async def list_workspaces(self) -> list[str]:
        """Those that have presets."""
        return list(await self._connection.scalars(select(presets.c.workspace).distinct()))

    async def replace_all(self, workspace: str, new: Iterable[Preset]) -> None:
        await self._connection.execute(delete(presets).where(presets.c.workspace == workspace))
        for preset in new:
            await self._connection.execute(
                insert(presets).values(
                    workspace=workspace,
                    name=preset.name,
                    project=str(preset.project),
                    branch=preset.branch,
                    tag=preset.tag,
                    parameters=json.dumps(dict(preset.parameters)),
                )
            )


def _build_preset(row: Row[Any]) -> Preset:
    parameters = json.loads(row.parameters)
    return Preset(row.workspace, row.name, ProjectSlug.parse(row.project), row.branch, row.tag, parameters)
