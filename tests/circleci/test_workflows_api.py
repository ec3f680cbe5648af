from __future__ import annotations

import json

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.errors import NotFound, UsageError

V2 = "https://circleci.test/api/v2"


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({}, {}),
        ({"from_failed": True}, {"from_failed": True}),
        ({"jobs": ["j-1", "j-2"]}, {"jobs": ["j-1", "j-2"]}),
        ({"jobs": ["j-1"], "ssh": True}, {"jobs": ["j-1"], "enable_ssh": True}),
        ({"jobs": []}, {}),
    ],
)
async def test_every_way_to_rerun_answers_the_new_workflow(
    circleci: CircleCI, httpx_mock: HTTPXMock, options: dict[str, object], body: dict[str, object]
) -> None:
    httpx_mock.add_response(url=f"{V2}/workflow/w-1/rerun", method="POST", status_code=202, json={"workflow_id": "w-2"})
    assert await circleci.rerun_workflow("w-1", **options) == "w-2"  # type: ignore[arg-type] # the table holds the right ones
    assert json.loads(httpx_mock.get_requests()[0].content) == body


async def test_ways_to_rerun_that_exclude_each_other_are_refused_before_anything_is_sent(circleci: CircleCI) -> None:
    with pytest.raises(UsageError, match="not both"):
        await circleci.rerun_workflow("w-1", from_failed=True, jobs=["j-1"])
    with pytest.raises(UsageError, match="which jobs"):
        await circleci.rerun_workflow("w-1", ssh=True)


async def test_the_jobs_of_an_old_workflow_may_be_gone(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/workflow/w-1/job", status_code=404)
    assert await circleci.list_workflow_jobs("w-1") is None


async def test_a_workflow_without_jobs_is_not_one_whose_jobs_are_gone(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json={"items": [], "next_page_token": None})
    assert await circleci.list_workflow_jobs("w-1") == []


async def test_jobs_come_from_all_pages(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/workflow/w-1/job", json={"items": [{"id": "1"}], "next_page_token": "t"})
    httpx_mock.add_response(url=f"{V2}/workflow/w-1/job?page-token=t", json={"items": [{"id": "2"}]})
    assert [job.id for job in await circleci.list_workflow_jobs("w-1") or ()] == ["1", "2"]


async def test_approving_and_cancelling_name_what_they_act_on(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", status_code=202, json={"message": "Accepted."}, is_reusable=True)
    await circleci.approve_job("w-1", "a-1")
    await circleci.cancel_workflow("w-1")
    paths = [request.url.path for request in httpx_mock.get_requests()]
    assert paths == ["/api/v2/workflow/w-1/approve/a-1", "/api/v2/workflow/w-1/cancel"]
    assert [request.content for request in httpx_mock.get_requests()] == [b"", b""]


async def test_a_workflow_that_is_hidden_is_not_found(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404, json={"message": "Workflow not found"})
    with pytest.raises(NotFound, match="hides it from you: “Workflow not found”"):
        await circleci.fetch_workflow("w-1")
