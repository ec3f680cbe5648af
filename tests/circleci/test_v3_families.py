"""What v3 tells better, read from the sandbox by both roads: the same models above, and v2 wherever v3 is no use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks.cause_blocks import format_what
from bot.circleci.client import CircleCI
from bot.circleci.deployed_places import fetch_deploys
from bot.circleci.job_failure import FailedJob, diagnose_job
from bot.circleci.models import Job
from bot.circleci.previous_runs import fetch_failures
from bot.circleci.release_states import get_state
from bot.domain import ProjectSlug
from tests.circleci.sandboxed import WEB, CircleCISandbox, run_circleci_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[CircleCISandbox]:
    async with run_circleci_sandbox() as sandbox:
        yield sandbox


async def find_job(sandbox: CircleCISandbox, branch: str, name: str) -> Job:
    snapshot = await sandbox.snapshot(await sandbox.start_pipeline(branch), after_s=60)
    return next(job for run in snapshot.workflows for job in run.jobs or () if job.name == name)


async def list_paths(sandbox: CircleCISandbox, since: int) -> list[str]:
    return [call["path"] for call in (await sandbox.calls())[since:]]


async def diagnose(sandbox: CircleCISandbox, circleci: CircleCI, job: Job) -> tuple[FailedJob, list[str]]:
    """With what was asked for it."""
    before = len(await sandbox.calls())
    found = await diagnose_job(circleci, WEB, job)
    return found, await list_paths(sandbox, before)


async def test_an_out_of_memory_is_named_with_how_much_there_was_for_one_request_more(
    sandbox: CircleCISandbox,
) -> None:
    job = await find_job(sandbox, "oom", "bundle")
    await sandbox.ada_by_v3.has_v3("usage")
    by_v2, asked_v2 = await diagnose(sandbox, sandbox.ada, job)
    by_v3, asked_v3 = await diagnose(sandbox, sandbox.ada_by_v3, job)
    assert by_v2.cause
    assert by_v3.cause
    assert format_what(by_v2.cause) == "It ran out of memory on `medium`."
    assert format_what(by_v3.cause).replace("\xa0", " ") == "It ran out of memory on `medium`: 4 GB of 4 GB."
    assert by_v3.cause.verdict == by_v2.cause.verdict
    assert len(asked_v3) == len(asked_v2) + 1
    assert any(path.endswith("/resource-usage") for path in asked_v3)


async def test_a_failure_costs_as_many_requests_by_v3_and_tells_the_same(sandbox: CircleCISandbox) -> None:
    job = await find_job(sandbox, "broken", "test")
    await sandbox.ada_by_v3.has_v3("output")
    by_v2, asked_v2 = await diagnose(sandbox, sandbox.ada, job)
    by_v3, asked_v3 = await diagnose(sandbox, sandbox.ada_by_v3, job)
    assert len(asked_v3) == len(asked_v2)
    assert [path for path in asked_v3 if "/api/v3/" in path] == [f"/api/v3/jobs/{job.id}/stdout/condensed"]
    assert (by_v3.step, by_v3.exit_code, by_v3.tests) == (by_v2.step, by_v2.exit_code, by_v2.tests)
    assert by_v3.first_error == by_v2.first_error
    assert by_v3.telling


async def test_tests_are_compared_by_one_answer_of_v3(sandbox: CircleCISandbox) -> None:
    job = await find_job(sandbox, "broken", "test")
    by_v2 = await fetch_failures(sandbox.ada, WEB, [job])
    before = len(await sandbox.calls())
    assert await fetch_failures(sandbox.ada_by_v3, WEB, [job]) == by_v2
    assert await list_paths(sandbox, before) == ["/api/v3/users", f"/api/v3/jobs/{job.id}/tests"]


async def test_projects_are_listed_whether_followed_or_not_with_fewer_requests(sandbox: CircleCISandbox) -> None:
    for project in ("gh/acme/api", "gh/acme/web"):
        body = {"project": project, "as": "ada", "on": False}
        (await sandbox.control.post("/_control/follow", json=body)).raise_for_status()
    before = len(await sandbox.calls())
    by_v2 = {project.slug for project in await sandbox.ada.list_visible_projects()}
    between = len(await sandbox.calls())
    by_v3 = [project.slug for project in await sandbox.ada_by_v3.list_visible_projects()]
    after = len(await sandbox.calls())
    assert {"gh/acme/web", "gh/acme/api", "gh/acme/mobile", "bb/acme/legacy"} <= set(by_v3)
    assert by_v2 <= set(by_v3)
    assert not {"gh/acme/web", "gh/acme/api"} & by_v2
    assert len(set(by_v3)) == len(by_v3)
    assert after - between - len(["the probe"]) <= between - before


async def test_projects_that_v3_cannot_list_are_those_of_v2(sandbox: CircleCISandbox) -> None:
    by_v2 = await sandbox.ada.list_visible_projects()
    await sandbox.ada_by_v3.has_v3("projects")
    await sandbox.fault("v3/projects", status=200, body='{"data": "odd"}', count=0)
    assert await sandbox.ada_by_v3.list_visible_projects() == by_v2
    assert {reason for _family, reason in sandbox.fallbacks} == {"unreadable"}


async def test_what_failed_in_many_projects_is_one_question_and_reads_as_v2_tells_it(
    sandbox: CircleCISandbox,
) -> None:
    failed = await sandbox.start_pipeline("broken")
    await sandbox.start_pipeline("main")
    await sandbox.advance(60)
    api = await sandbox.ada.fetch_project(ProjectSlug("gh", "acme", "api"))
    web = await sandbox.ada.fetch_project(WEB)
    await sandbox.ada_by_v3.has_v3("runs")
    before = len(await sandbox.calls())
    projects = {api.id: api.project, web.id: WEB}
    since = sandbox.now() - timedelta(minutes=5)
    (found,) = await sandbox.ada_by_v3.find_failed_pipelines(projects, since=since) or ()
    assert await list_paths(sandbox, before) == ["/api/v3/runs/search"]
    by_v2 = await sandbox.ada.fetch_pipeline(failed)
    for field in ("id", "number", "project", "ref", "revision", "subject", "actor_login", "created_at", "trigger_type"):
        assert getattr(found, field) == getattr(by_v2, field), field
    assert await sandbox.ada_by_v3.find_failed_pipelines(projects, since=since, branch="main") == []
    assert await sandbox.ada.find_failed_pipelines(projects, since=since) is None


FAULTS: dict[str, dict[str, Any]] = {
    "410": {"status": 410},
    "a page": {"status": 200, "body": "<html>moved</html>"},
    "503": {"status": 503},
    "429": {"status": 429, "retry_after": 60},
    "another shape": {"status": 200, "body": '{"items": []}'},
    "cut off": {"accept_then_drop": True},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_v3_that_is_no_use_leaves_everything_as_v2_tells_it(sandbox: CircleCISandbox, fault: str) -> None:
    job = await find_job(sandbox, "oom", "bundle")
    await sandbox.ada_by_v3.has_v3("usage")
    by_v2, _ = await diagnose(sandbox, sandbox.ada, job)
    await sandbox.fault("v3/", count=0, **FAULTS[fault])
    by_v3, _ = await diagnose(sandbox, sandbox.ada_by_v3, job)
    assert by_v3.cause == by_v2.cause
    assert by_v3.step == by_v2.step
    assert sandbox.fallbacks
    assert sandbox.naps == []


async def test_a_server_is_asked_once_and_told_of_by_v2(sandbox: CircleCISandbox) -> None:
    job = await find_job(sandbox, "oom", "bundle")
    (await sandbox.control.post("/_control/server", json={"on": True})).raise_for_status()
    found, asked = await diagnose(sandbox, sandbox.ada_by_v3, job)
    again, asked_again = await diagnose(sandbox, sandbox.ada_by_v3, job)
    assert [path for path in asked if "/v3/" in path] == ["/api/v3/users"]
    assert not any("/v3/" in path for path in asked_again)
    assert found == again
    assert found.telling


async def test_deploys_are_told_alike_by_both(sandbox: CircleCISandbox) -> None:
    await sandbox.snapshot(await sandbox.start_pipeline("bad-release"), after_s=60)
    project = await sandbox.ada.fetch_project(WEB)
    before = len(await sandbox.calls())
    by_v3 = await fetch_deploys(sandbox.ada_by_v3, project)
    assert "/api/v3/deploy/deployments" in await list_paths(sandbox, before)
    by_v2 = await fetch_deploys(sandbox.ada, project)
    assert [list(map(get_state, place.releases)) for place in by_v3.places] == [
        list(map(get_state, place.releases)) for place in by_v2.places
    ]
    assert [place.undone and place.undone.failure_reason for place in by_v3.places] == [
        place.undone and place.undone.failure_reason for place in by_v2.places
    ]
    assert by_v3.places[0].is_rolled_back
