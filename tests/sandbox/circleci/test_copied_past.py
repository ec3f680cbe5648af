"""A world whose past was copied is the world that lived through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sandbox.changes import Changes
from sandbox.circleci.copied_past import copy_past
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.past_pipelines import run_history, seed_history
from sandbox.faults import Faults
from sandbox.virtual_clock import ManualClock


def _build(history: Callable[[FakeCircleci], None], clock: ManualClock | None = None) -> FakeCircleci:
    return FakeCircleci(clock=clock or ManualClock(), changes=Changes(), faults=Faults(), history=history)


def _list_deploys(world: FakeCircleci) -> list[tuple[Any, ...]]:
    return [
        (one.id, one.place, one.version, one.status, one.created_at, one.ended_at, one.workflow.id, one.job.id)
        for one in world.deploys.deployments
    ]


def _list_places(world: FakeCircleci) -> list[tuple[Any, ...]]:
    deploys = world.deploys
    return [
        (key, one.id, one.created_at)
        for made in (deploys.components, deploys.environments)
        for key, one in made.items()
    ]


def _list_pipelines(world: FakeCircleci) -> list[FakePipeline]:
    return world.archive.list_pipelines()


def test_all_of_it_is_as_it_was_run() -> None:
    lived, copied = _build(run_history), _build(seed_history)
    assert copied.snapshot() == lived.snapshot()
    assert _list_deploys(copied) == _list_deploys(lived)
    assert _list_places(copied) == _list_places(lived)
    assert copied.people == lived.people


def test_each_thing_is_the_worlds_own() -> None:
    one, other = _build(seed_history), _build(seed_history)
    for pipeline in _list_pipelines(one):
        assert pipeline.project is one.projects[pipeline.project.slug]
        assert pipeline.definition in pipeline.project.definitions + tuple(pipeline.project.designated.values())
        assert all(run is one.archive.find_workflow(run.id) and run.pipeline is pipeline for run in pipeline.workflows)
    assert not {id(each) for each in _list_pipelines(one)} & {id(each) for each in _list_pipelines(other)}
    one.push(one.projects["gh/acme/web"], branch="main")
    assert len(_list_pipelines(one)) == len(_list_pipelines(other)) + 1
    assert one.projects["gh/acme/web"].heads["main"] != other.projects["gh/acme/web"].heads["main"]


def test_times_move_along_with_the_start() -> None:
    clock = ManualClock()
    clock.advance(86_400)
    later, before = _list_pipelines(_build(seed_history, clock)), _list_pipelines(_build(seed_history))
    moved = {new.created_at - old.created_at for new, old in zip(later, before, strict=True)}
    assert moved == {timedelta(days=1)}


def test_what_is_under_way_is_no_past() -> None:
    world = _build(seed_history)
    world.push(world.projects["gh/acme/web"], branch="main")
    with pytest.raises(ValueError, match="under way"):
        copy_past(world)
