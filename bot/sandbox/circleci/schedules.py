"""The schedules of the fixed world: one nightly run."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.circleci.people import PEOPLE, Person, fixed_id
from bot.sandbox.circleci.projects import Project


@dataclass(frozen=True)
class Schedule:
    """Hours are UTC. GitHub App projects have no schedules of this kind."""

    id: str
    project: Project
    name: str
    description: str
    branch: str
    hours_of_day: tuple[int, ...]
    days_of_week: tuple[str, ...]
    actor: Person


def schedules_of(project: Project) -> list[Schedule]:
    if project.slug != "gh/acme/web":
        return []
    nightly = Schedule(
        id=fixed_id("schedule/web/nightly"),
        project=project,
        name="nightly",
        description="Everything, once a night",
        branch="main",
        hours_of_day=(2,),
        days_of_week=("MON", "TUE", "WED", "THU", "FRI"),
        actor=PEOPLE["grace"],
    )
    return [nightly]
