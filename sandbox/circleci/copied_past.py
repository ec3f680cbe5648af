"""A past that was lived through once, for every further world: copied in a tenth of the time that it takes to run.

The copy begins at another instant, so that each time in it moves along. What never changes is the same in all of them.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_projects import FakeCommit, FakeDefinition, FakeProject, Org
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.circleci.plans import DeployMark, JobPlan, Story, WorkflowPlan

_NEVER_CHANGE = (Story, WorkflowPlan, JobPlan, DeployMark, Org, FakeCircleciUser)


@dataclass(frozen=True)
class CopiedPast:
    """All that has happened in a world until it was `copied`, with nothing under way."""

    content: bytes
    unchanging: list[Any] = field(default_factory=list)

    def restore(self, world: FakeCircleci) -> None:
        """Let it have happened in a world of the same projects in which nothing has."""
        past = _Unpickler(io.BytesIO(self.content), world, self.unchanging).load()
        for project, heads, pipelines_made, jobs_made in past["projects"]:
            project.heads.update(heads)
            project.pipelines_made, project.jobs_made = pipelines_made, jobs_made
        world.people.update(past["people"])
        vars(world.archive).update(past["archive"])
        vars(world.deploys).update(past["deploys"])


def copy_past(world: FakeCircleci) -> CopiedPast:
    """What happened in this world, counted from its start. Raises ValueError while more is to come."""
    if not world.engine.is_idle:
        raise ValueError("A world in which something is under way is no past")
    deploys, unchanging = world.deploys, list[Any]()
    past = {
        "projects": [
            (one, _list_pushed(one, world.started_at), one.pipelines_made, one.jobs_made)
            for one in world.projects.values()
        ],
        "people": world.people,
        "archive": vars(world.archive),
        "deploys": {name: getattr(deploys, name) for name in ("components", "environments", "deployments")},
    }
    written = io.BytesIO()
    _Pickler(written, world, unchanging).dump(past)
    return CopiedPast(written.getvalue(), unchanging)


def _list_pushed(project: FakeProject, started_at: datetime) -> dict[str, FakeCommit]:
    """Heads by branch, without those that every new world has."""
    return {branch: head for branch, head in project.heads.items() if head.committed_at < started_at}


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, world: FakeCircleci, unchanging: list[Any]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._started_at = world.started_at
        self._unchanging = unchanging
        self._places: dict[int, int] = {}

    def persistent_id(self, value: Any) -> Any:
        """A time by its distance from the start, what the world has by its id, what never changes by its place."""
        if isinstance(value, datetime):
            return value - self._started_at
        if isinstance(value, FakeProject | FakeDefinition):
            return value.id
        if isinstance(value, _NEVER_CHANGE):
            if id(value) not in self._places:
                self._places[id(value)] = len(self._unchanging)
                self._unchanging.append(value)
            return self._places[id(value)]
        return None


class _Unpickler(pickle.Unpickler):
    """Of our own bytes alone."""

    def __init__(self, file: io.BytesIO, world: FakeCircleci, unchanging: list[Any]) -> None:
        super().__init__(file)
        self._started_at = world.started_at
        self._known: Mapping[Any, Any] = {**dict(enumerate(unchanging)), **_list_things(world)}

    def persistent_load(self, known: Any) -> Any:
        return self._started_at + known if isinstance(known, timedelta) else self._known[known]


def _list_things(world: FakeCircleci) -> dict[str, FakeProject | FakeDefinition]:
    """Projects and their definitions, by id."""
    things: dict[str, FakeProject | FakeDefinition] = {}
    for project in world.projects.values():
        things[project.id] = project
        things |= {one.id: one for one in (*project.definitions, *project.designated.values())}
    return things
