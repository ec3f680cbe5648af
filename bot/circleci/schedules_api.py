from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Literal

from bot.circleci.api_request import name_missing, name_missing_project
from bot.circleci.models import Schedule, Timetable
from bot.circleci.models.v3_models import TriggerEntity
from bot.circleci.pipelines_api import Value
from bot.circleci.v3_api import V3Api
from bot.domain import ProjectSlug
from bot.language import _

Attribution = Literal["current", "system"]


class SchedulesApi(V3Api):
    """Scheduled pipelines of GitHub OAuth and Bitbucket Cloud projects; those of others are triggers, and only read."""

    async def list_schedule_triggers(self, project_uuid: str) -> list[TriggerEntity] | None:
        """What runs by a timetable in a GitHub App project; None where v3 says nothing."""
        query = {"filter[project_id]": project_uuid}
        listed = await self.ask_v3("triggers", partial(self.list_v3, TriggerEntity, "triggers", query=query))
        return None if listed is None else [trigger for trigger in listed if trigger.is_schedule]

    async def list_schedules(self, slug: ProjectSlug) -> list[Schedule]:
        with name_missing_project(slug):
            return await self.list_items(Schedule, "project", slug, "schedule")

    async def fetch_schedule(self, schedule_id: str) -> Schedule:
        with name_missing(_("CircleCI does not know this schedule, or hides it from you.")):
            return await self.fetch(Schedule, "schedule", schedule_id)

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
            "timetable": timetable.to_body(),
            "attribution-actor": attribution,
            "parameters": dict(parameters),
        }
        with name_missing_project(slug):
            return (await self.send("project", slug, "schedule", body=body)).parse(Schedule)

    async def reschedule(self, schedule_id: str, timetable: Timetable, description: str) -> Schedule:
        """Change when it triggers and what it says of itself, in one step; the rest stays."""
        body = {"timetable": timetable.to_body(), "description": description}
        with name_missing(_("CircleCI does not know this schedule, or hides it from you.")):
            return (await self.send("schedule", schedule_id, method="PATCH", body=body)).parse(Schedule)

    async def remove_schedule(self, schedule_id: str) -> bool:
        """False when it was not there."""
        return await self.delete("schedule", schedule_id)
