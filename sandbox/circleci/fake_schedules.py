"""Scheduled pipelines. They are kept, shown and changed; the sandbox's nights are too short for them to start any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.fake_users import PEOPLE, FakeCircleciUser, build_fixed_id

SYSTEM = PEOPLE["circleci-scheduler"]
"""Who runs what is attributed to nobody."""


@dataclass(eq=False)
class FakeSchedule:
    """`timetable` and `parameters` as they came with the request, once they have been checked."""

    id: str
    project: FakeProject
    name: str
    description: str | None
    timetable: dict[str, Any]
    parameters: dict[str, Any]
    actor: FakeCircleciUser
    created_at: datetime
    updated_at: datetime


class FakeSchedules:
    def __init__(self) -> None:
        self._schedules: dict[str, FakeSchedule] = {}

    def add_initial(self, projects: Iterable[FakeProject], now: datetime) -> None:
        """One nightly run."""
        web = next((project for project in projects if project.slug == "gh/acme/web"), None)
        if web is None:
            return
        nightly = FakeSchedule(
            id=build_fixed_id("schedule/web/nightly"),
            project=web,
            name="nightly",
            description="Everything, once a night",
            timetable={"per-hour": 1, "hours-of-day": [2], "days-of-week": ["MON", "TUE", "WED", "THU", "FRI"]},
            parameters={"branch": "main"},
            actor=PEOPLE["grace"],
            created_at=now,
            updated_at=now,
        )
        self.add(nightly)

    def add(self, schedule: FakeSchedule) -> None:
        self._schedules[schedule.id] = schedule

    def list_for(self, project: FakeProject) -> list[FakeSchedule]:
        return [schedule for schedule in self._schedules.values() if schedule.project is project]

    def find(self, schedule_id: str) -> FakeSchedule | None:
        return self._schedules.get(schedule_id)

    def remove(self, schedule: FakeSchedule) -> None:
        del self._schedules[schedule.id]

    def clear(self) -> None:
        self._schedules.clear()
