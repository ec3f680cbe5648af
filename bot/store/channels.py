"""A channel's project, as `/circle use` sets it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from bot.domain import ProjectSlug
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import channels

_PROJECT = select(channels.c.project).where(bind_columns(channels, "workspace", "channel"))
_PROJECTS = select(channels.c.project).where(bind_columns(channels, "workspace")).distinct()


class ChannelRepository(Repository):
    async def find_project(self, workspace: str, channel: str) -> ProjectSlug | None:
        found = await self._connection.scalar(_PROJECT, {"workspace": workspace, "channel": channel})
        return ProjectSlug.parse(found) if found else None

    async def list_projects(self, workspace: str) -> set[ProjectSlug]:
        """The projects of all channels."""
        return {ProjectSlug.parse(text) for text in await self._connection.scalars(_PROJECTS, {"workspace": workspace})}

    async def list_projects_by_channel(self, workspace: str, these: Collection[str]) -> dict[str, ProjectSlug]:
        """The project of each of these channels that has one."""
        query = select(channels.c.channel, channels.c.project).where(
            channels.c.workspace == workspace, channels.c.channel.in_(these)
        )
        return {row.channel: ProjectSlug.parse(row.project) for row in await self._connection.execute(query)}

    async def set_project(self, workspace: str, channel: str, project: ProjectSlug | None) -> None:
        """Set the channel's project; None takes it away."""
        place = (channels.c.workspace == workspace) & (channels.c.channel == channel)
        if project is None:
            await self._connection.execute(delete(channels).where(place))
        else:
            values = {"workspace": workspace, "channel": channel, "project": str(project)}
            await self._upsert(channels, values, ("workspace", "channel"))
