"""Reading a snapshot: what it asks CircleCI, and what it does not ask again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.snapshot import Snapshot
from bot.errors import NotFound, Unavailable
from tests.circleci.conftest import StandingClock

V2 = "https://circleci.test/api/v2"
CREATED_AT = "2026-11-23T08:59:30Z"
PIPELINE = {"id": "p-1", "number": 7, "project_slug": "gh/acme/web", "state": "created", "created_at": CREATED_AT}


def workflow(workflow_id: str, status: str, name: str = "build", minute: int = 0, **more: Any) -> dict[str, Any]:
    stopped_at = "2026-11-23T08:59:59Z" if status in {"success", "failed"} else None
    begun_at = f"2026-11-23T08:{30 + minute}:00Z"
    return {"id": workflow_id, "name": name, "status": status, "created_at": begun_at, "stopped_at": stopped_at} | more


class RecordingCircleCI:
    """What CircleCI answers from now on, and what it was asked since."""

    def __init__(self, httpx_mock: HTTPXMock) -> None:
        self.mock = httpx_mock

    def now(self, *workflows: dict[str, Any], jobs: dict[str, list[str] | None], pipeline: Any = PIPELINE) -> None:
        self.mock.reset()
        self.mock.add_response(url=f"{V2}/pipeline/p-1", json=pipeline, is_optional=True)
        self.mock.add_response(url=f"{V2}/pipeline/p-1/workflow", json={"items": workflows})
        for workflow_id, statuses in jobs.items():
            url = f"{V2}/workflow/{workflow_id}/job"
            if statuses is None:
                self.mock.add_response(url=url, status_code=404)
                continue
            items = [{"id": f"{workflow_id}-{n}", "status": status} for n, status in enumerate(statuses)]
            self.mock.add_response(url=url, json={"items": items})

    @property
    def list_requests(self) -> list[str]:
        return sorted(request.url.path.removeprefix("/api/v2/") for request in self.mock.get_requests())


@pytest.fixture
def harness(httpx_mock: HTTPXMock) -> RecordingCircleCI:
    return RecordingCircleCI(httpx_mock)


def _statuses(snapshot: Snapshot) -> dict[str, list[str] | None]:
    return {
        run.workflow.id: None if run.jobs is None else [job.status for job in run.jobs] for run in snapshot.workflows
    }


async def test_the_first_read_asks_for_everything_that_counts(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    harness.now(
        workflow("w-1", "running"), workflow("w-2", "failed", "lint"), jobs={"w-1": ["running"], "w-2": ["failed"]}
    )
    snapshot = await fetch_snapshot(circleci, "p-1")
    assert snapshot.status == "failing"
    assert _statuses(snapshot) == {"w-1": ["running"], "w-2": ["failed"]}


async def test_workflows_that_had_ended_are_not_read_again(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    harness.now(
        workflow("w-1", "running"), workflow("w-2", "failed", "lint"), jobs={"w-1": ["running"], "w-2": ["failed"]}
    )
    before = await fetch_snapshot(circleci, "p-1")
    harness.now(workflow("w-1", "success"), workflow("w-2", "failed", "lint"), jobs={"w-1": ["success"]})
    snapshot = await fetch_snapshot(circleci, "p-1", before)
    assert _statuses(snapshot) == {"w-1": ["success"], "w-2": ["failed"]}
    assert harness.list_requests == ["pipeline/p-1/workflow", "workflow/w-1/job"]


async def test_a_workflow_that_ended_since_is_read_once_more(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    harness.now(workflow("w-1", "running"), jobs={"w-1": ["running"]})
    before = await fetch_snapshot(circleci, "p-1")
    harness.now(workflow("w-1", "failed"), jobs={"w-1": ["failed"]})
    after = await fetch_snapshot(circleci, "p-1", before)
    harness.now(workflow("w-1", "failed"), jobs={})
    assert await fetch_snapshot(circleci, "p-1", after) == after
    assert harness.list_requests == ["pipeline/p-1/workflow"]


async def test_a_pipeline_is_asked_for_until_its_workflows_are_there(
    circleci: CircleCI, harness: RecordingCircleCI
) -> None:
    harness.now(jobs={}, pipeline=PIPELINE | {"state": "setup-pending"})
    waiting = await fetch_snapshot(circleci, "p-1")
    harness.now(workflow("w-1", "running"), jobs={"w-1": ["running"]})
    begun = await fetch_snapshot(circleci, "p-1", waiting)
    assert (waiting.status, begun.status) == ("pending", "running")
    assert "pipeline/p-1" in harness.list_requests


async def test_a_pipeline_is_asked_for_again_while_its_setup_runs_again(
    circleci: CircleCI, harness: RecordingCircleCI
) -> None:
    setup, build = workflow("w-1", "success", "setup", tag="setup"), workflow("w-2", "success", minute=1)
    again = workflow("w-3", "success", "setup", minute=2, tag="setup")
    harness.now(setup, build, jobs={"w-2": ["success"]})
    before = await fetch_snapshot(circleci, "p-1")
    harness.now(setup, build, again, jobs={})
    rerun = await fetch_snapshot(circleci, "p-1", before)
    harness.now(setup, build, again, jobs={}, pipeline=PIPELINE | {"state": "errored"})
    assert (await fetch_snapshot(circleci, "p-1", rerun)).status == "errored"


async def test_an_end_at_another_time_is_another_end(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    harness.now(workflow("w-1", "failed"), jobs={"w-1": ["failed"]})
    before = await fetch_snapshot(circleci, "p-1")
    harness.now(workflow("w-1", "failed", stopped_at="2026-11-23T09:30:00Z"), jobs={"w-1": ["failed", "failed"]})
    assert _statuses(await fetch_snapshot(circleci, "p-1", before)) == {"w-1": ["failed", "failed"]}


async def test_the_jobs_of_a_superseded_workflow_are_not_asked_for(
    circleci: CircleCI, harness: RecordingCircleCI
) -> None:
    harness.now(workflow("w-1", "failed"), workflow("w-2", "running", minute=5), jobs={"w-2": ["running"]})
    assert _statuses(await fetch_snapshot(circleci, "p-1")) == {"w-1": None, "w-2": ["running"]}


async def test_the_jobs_of_a_superseded_workflow_are_kept_when_known(
    circleci: CircleCI, harness: RecordingCircleCI
) -> None:
    harness.now(workflow("w-1", "failed"), jobs={"w-1": ["failed"]})
    before = await fetch_snapshot(circleci, "p-1")
    harness.now(workflow("w-1", "failed"), workflow("w-2", "running", minute=5), jobs={"w-2": ["running"]})
    assert _statuses(await fetch_snapshot(circleci, "p-1", before)) == {"w-1": ["failed"], "w-2": ["running"]}


async def test_details_that_circleci_has_let_go_are_none(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    harness.now(workflow("w-1", "success"), jobs={"w-1": None})
    snapshot = await fetch_snapshot(circleci, "p-1")
    assert _statuses(snapshot) == {"w-1": None}
    assert (snapshot.failed_jobs, snapshot.pending_holds, snapshot.status) == ((), (), "success")


async def test_an_empty_pipeline_is_waited_for_and_then_believed(
    circleci: CircleCI, harness: RecordingCircleCI, clock: StandingClock
) -> None:
    harness.now(jobs={})
    young = await fetch_snapshot(circleci, "p-1")
    assert (young.status, young.waiting, young.has_ended(clock.at)) == ("pending", True, False)
    clock.at += timedelta(seconds=16)
    harness.now(jobs={})
    old = await fetch_snapshot(circleci, "p-1", young)
    assert (old.status, old.waiting, old.has_ended(clock.at)) == ("empty", False, True)


async def test_an_opaque_project_is_asked_for_its_name_once(circleci: CircleCI, harness: RecordingCircleCI) -> None:
    opaque = PIPELINE | {"project_slug": "circleci/o-1/p-9"}
    harness.now(jobs={}, pipeline=opaque)
    project = {"slug": "circleci/o-1/p-9", "name": "mobile", "organization_name": "acme"}
    harness.mock.add_response(url=f"{V2}/project/circleci/o-1/p-9", json=project)
    first = await fetch_snapshot(circleci, "p-1")
    harness.now(jobs={}, pipeline=opaque)
    assert (first.project_name, (await fetch_snapshot(circleci, "p-1", first)).project_name) == (
        "acme/mobile",
        "acme/mobile",
    )
    assert harness.list_requests == ["pipeline/p-1", "pipeline/p-1/workflow"]


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (302, Unavailable)])
async def test_a_pipeline_that_cannot_be_read_is_an_error(
    circleci: CircleCI, httpx_mock: HTTPXMock, status: int, kind: type[Exception]
) -> None:
    httpx_mock.add_response(status_code=status, is_reusable=True)
    with pytest.raises(kind):
        await fetch_snapshot(circleci, "p-1")


async def test_names_are_read_once_and_kept(
    circleci: CircleCI, harness: RecordingCircleCI, httpx_mock: HTTPXMock
) -> None:
    harness.now(workflow("w-1", "running", started_by="u-1"), jobs={"w-1": ["running"]})
    httpx_mock.add_response(url=f"{V2}/user/u-1", json={"id": "u-1", "name": "Ada"})
    before = await fetch_snapshot(circleci, "p-1")
    assert before.names == {"u-1": "Ada"}
    kept = Snapshot.model_validate_json(before.model_dump_json())
    harness.now(workflow("w-1", "canceled", started_by="u-1", canceled_by="u-2"), jobs={"w-1": ["canceled"]})
    httpx_mock.add_response(url=f"{V2}/user/u-2", status_code=404)
    assert (await fetch_snapshot(circleci, "p-1", kept)).names == {"u-1": "Ada"}
    assert "user/u-1" not in harness.list_requests
