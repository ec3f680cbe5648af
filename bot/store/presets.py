"""Named triggers, of a channel or of the whole workspace: `/circle run deploy-staging`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, delete, insert, select

from bot.domain import ProjectSlug
from bot.rules.saved_preset import Preset
from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import presets

_WORKSPACE = "*"
"""The channel of a row that is the whole workspace's."""


class PresetRepository(Repository):
    async def find(self, workspace: str, name: str, channel: str | None = None) -> Preset | None:
        """What this name means in the channel: the channel's own goes before the workspace's."""
        visible = await self.list_for_channel(workspace, channel)
        named = [one for one in visible if one.name.casefold() == name.casefold()]
        return next((one for one in named if one.channel), named[0] if named else None)

    async def find_same(self, preset: Preset) -> Preset | None:
        """The one that has its name at its place."""
        known = await self.list_for_channel(preset.workspace, preset.channel)
        named = [one for one in known if one.channel == preset.channel]
        return next((one for one in named if one.name.casefold() == preset.name.casefold()), None)

    async def list_for_channel(self, workspace: str, channel: str | None) -> list[Preset]:
        """Those of the channel, and those of the whole workspace."""
        places = {_WORKSPACE, channel or _WORKSPACE}
        return [one for one in await self.list_for_workspace(workspace) if (one.channel or _WORKSPACE) in places]

    async def list_for_workspace(self, workspace: str) -> list[Preset]:
        query = select(presets).where(presets.c.workspace == workspace).order_by(presets.c.name, presets.c.channel)
        return [_build_preset(row) for row in await self._connection.execute(query)]

    async def list_workspaces(self) -> list[str]:
        """Those that have presets."""
        return list(await self._connection.scalars(select(presets.c.workspace).distinct()))

    async def upsert(self, preset: Preset) -> None:
        await self._upsert(presets, _build_row(preset), ("workspace", "channel", "name"))

    async def delete(self, preset: Preset) -> bool:
        """False when it was gone already."""
        row = _build_row(preset)
        keys = [presets.c[name] == row[name] for name in ("workspace", "channel", "name")]
        return (await self._connection.execute(delete(presets).where(*keys))).rowcount == 1

    async def replace_all(self, workspace: str, new: Iterable[Preset]) -> None:
        await self._connection.execute(delete(presets).where(presets.c.workspace == workspace))
        for preset in new:
            await self._connection.execute(insert(presets).values(**_build_row(preset)))


def _build_row(preset: Preset) -> dict[str, Any]:
    return {
        "workspace": preset.workspace,
        "channel": preset.channel or _WORKSPACE,
        "name": preset.name,
        "project": str(preset.project),
        "branch": preset.branch,
        "tag": preset.tag,
        "parameters": json.dumps(dict(preset.parameters)),
        "made_by": preset.made_by,
        "definition": preset.definition,
        "config_branch": preset.config_branch,
        "asked": json.dumps(list(preset.asked)),
    }


def _build_preset(row: Row[Any]) -> Preset:
    return Preset(
        workspace=row.workspace,
        name=row.name,
        project=ProjectSlug.parse(row.project),
        branch=row.branch,
        tag=row.tag,
        parameters=json.loads(row.parameters),
        channel=None if row.channel == _WORKSPACE else row.channel,
        made_by=row.made_by,
        definition=row.definition,
        config_branch=row.config_branch,
        asked=tuple(json.loads(row.asked)),
    )
