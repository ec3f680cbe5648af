from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from bot.circleci.deploys_ahead import DeployAhead, RunningDeploy, pick_ahead, update_running
from bot.circleci.models import Job, Release
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import WorkflowRun
from tests.plugins.factories import NOW, make_hold, make_job, make_workflow

NAMES = {"web": "web", "stg": "staging", "prd": "production", "pre": "pre-production"}
HOLD = make_hold(1, "approve")


def _try(number: int, place: str = "prd", state: str = "SUCCESS", **more: Any) -> Release:
    at = NOW + timedelta(minutes=number)
    values = {"id": f"r{number}{place}", "pipeline_id": f"p{number}", "version": f"1.{number}", "component_id": "web"}
    return Release(**{**values, "created_at": at, "environment_id": place, "status": state, **more})


def _pick(job: str, *tried: Release, planned: tuple[PipelineRelease, ...] = ()) -> list[DeployAhead]:
    after = [make_job(2, job, "blocked")]
    return pick_ahead(HOLD, after, planned, tried, names=NAMES, environments=list(NAMES.values()))


def test_what_runs_is_what_came_last_and_its_maker_made_it_first() -> None:
    tried = (_try(1), _try(2), _try(3, version="1.1", is_rollback=True), _try(4, state="FAILED"), _try(5, "stg"))
    (one,) = _pick("deploy-production", *tried)
    assert (one.environment, one.runs, one.pipeline_id) == ("production", "1.1", "p1")
    assert one.since == NOW + timedelta(minutes=3)


def test_an_environment_is_meant_by_all_of_its_words() -> None:
    assert [one.environment for one in _pick("deploy-pre-production", _try(1))] == ["pre-production"]
    assert not _pick("notify", _try(1))


def test_what_is_planned_names_its_version_even_where_nothing_runs() -> None:
    plan = {"id": "r", "component": "web", "environment": "staging", "version": "2.0"}
    planned = (PipelineRelease(**plan, state="pending"), PipelineRelease(**plan | {"version": "9"}, state="running"))
    (one,) = _pick("deploy-staging", _try(1), planned=planned)
    assert (one.brings, one.runs, one.is_told) == ("2.0", "", True)
    (one,) = _pick("deploy-staging", _try(1, "stg"), planned=planned)
    assert (one.brings, one.runs) == ("2.0", "1.1")


def test_what_was_told_since_takes_its_place_and_what_is_older_does_not() -> None:
    told = _pick("deploy-production", _try(1))
    late, early = (
        RunningDeploy("web", "production", "default", f"{at}", "p", NOW + timedelta(minutes=at)) for at in (2, 0)
    )
    assert [one.runs for one in update_running(told, [early])] == ["1.1"]
    assert [one.runs for one in update_running(told, [late])] == ["2"]
    nothing_yet = _pick("deploy-production")
    assert not any(one.is_told for one in nothing_yet)
    assert [(one.hold, one.runs) for one in update_running(nothing_yet, [late])] == [(HOLD.id, "2")]
    assert update_running(nothing_yet, []) == nothing_yet


def test_what_another_hold_keeps_is_not_let_through() -> None:
    first, second = make_hold(1, "first"), make_hold(3, "second", "blocked")
    jobs = [first, make_job(2, "staging", "blocked"), second, make_job(4, "production", "blocked")]
    jobs[1:] = [one.model_copy(update={"dependencies": [before.id]}) for before, one in pairwise(jobs)]
    run = WorkflowRun(workflow=make_workflow(1, "ship", "on_hold"), jobs=tuple(jobs))

    def list_names(found: list[Job]) -> list[str]:
        return [one.name for one in found]

    assert list_names(run.list_jobs_after(jobs[0], let_through=True)) == ["staging"]
    assert list_names(run.list_jobs_after(jobs[0])) == ["staging", "second", "production"]
