from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.circleci.api_request import Wire, naming
from bot.circleci.models import Schedule, Timetable
from bot.circleci.pipelines_api import Value
from bot.domain import ProjectSlug
from bot.mrkdwn import code

Attribution = Literal["current", "system"]


class Schedules(Wire):
    """Scheduled pipelines of GitHub OAuth and Bitbucket Cloud projects; the others have none by this API."""

    async def schedules(self, slug: ProjectSlug) -> list[Schedule]:
        with naming(code(str(slug))):
            return await self.listed(Schedule, "project", slug, "schedule")

    async def schedule(self, schedule_id: str) -> Schedule:
        with naming("this schedule"):
            return await self.get(Schedule, "schedule", schedule_id)

    async def add_schedule(
        self,
        slug: ProjectSlug,
        *,
        name: str,
        timetable: Timetable,
        parameters: Mapping[str, Value],
        attribution: Attribution,
    ) -> Schedule:
        """`parameters` must hold `branch` or `tag`. `current` lets it run as the token's owner."""
        body = {
            "name": name,
            "timetable": timetable.body(),
            "attribution-actor": attribution,
            "parameters": dict(parameters),
        }
        with naming(code(str(slug))):
            return (await self.act("project", slug, "schedule", body=body)).read(Schedule)

    async def reschedule(self, schedule_id: str, timetable: Timetable, description: str) -> Schedule:
        """Change when it triggers and what it says of itself, in one step; the rest stays."""
        body = {"timetable": timetable.body(), "description": description}
        with naming("this schedule"):
            return (await self.act("schedule", schedule_id, method="PATCH", body=body)).read(Schedule)

    async def remove_schedule(self, schedule_id: str) -> bool:
        """False when it is not there (any more)."""
        return await self.remove("schedule", schedule_id)
