from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug

BASE = "https://circleci.test/api"
WEB = ProjectSlug("gh", "acme", "web")


async def test_tests_and_artifacts_have_no_job_segment_and_details_have(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=f"{BASE}/v2/project/gh/acme/web/job/7", json={"number": 7, "name": "test"})
    httpx_mock.add_response(
        url=f"{BASE}/v2/project/gh/acme/web/7/tests", json={"items": [{"name": "a", "message": None}]}
    )
    httpx_mock.add_response(url=f"{BASE}/v2/project/gh/acme/web/7/artifacts", json={"items": [{"path": "a.txt"}]})
    assert (await circleci.fetch_job(WEB, 7)).name == "test"
    assert [test.name for test in await circleci.list_tests(WEB, 7)] == ["a"]
    assert [artifact.path for artifact in await circleci.list_artifacts(WEB, 7)] == ["a.txt"]


@pytest.mark.parametrize(
    ("project", "path"),
    [
        (WEB, "github/acme/web/7"),
        (ProjectSlug("bb", "acme", "legacy"), "bitbucket/acme/legacy/7"),
        (ProjectSlug("circleci", "o-1", "p-1"), "circleci/o-1/p-1/7"),
    ],
)
async def test_steps_are_asked_of_the_old_api_by_the_long_prefix(
    circleci: CircleCI, httpx_mock: HTTPXMock, project: ProjectSlug, path: str
) -> None:
    action = {"name": "pytest", "exit_code": 1, "failed": True, "output_url": "https://store.test/1", "step": 102}
    body = {"steps": [{"name": "pytest", "actions": [action]}], "build_num": 7, "all_commit_details": []}
    httpx_mock.add_response(url=f"{BASE}/v1.1/project/{path}", json=body)
    (step,) = await circleci.list_job_steps(project, 7)
    assert (step.name, step.actions[0].exit_code, step.actions[0].failed) == ("pytest", 1, True)


async def test_a_job_that_never_started_has_no_steps(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"steps": None})
    assert await circleci.list_job_steps(WEB, 7) == ()


async def test_a_job_is_cancelled_by_its_number_or_by_its_id(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", url=f"{BASE}/v2/project/gh/acme/web/job/7/cancel", json={"message": "ok"})
    httpx_mock.add_response(method="POST", url=f"{BASE}/v2/jobs/j-1/cancel", json={"message": "ok"})
    await circleci.cancel_job(WEB, 7)
    await circleci.cancel_job_by_id("j-1")
    assert len(httpx_mock.get_requests()) == 2
