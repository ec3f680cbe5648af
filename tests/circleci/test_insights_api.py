from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.insights_api import InsightsScope
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")


@pytest.mark.parametrize("dash", ["-", "_"])
async def test_flaky_tests_come_in_the_documents_spelling_and_in_the_wires(
    circleci: CircleCI, httpx_mock: HTTPXMock, dash: str
) -> None:
    test = {f"test{dash}name": "t", f"times{dash}flaked": 3, f"job{dash}number": 12, "classname": None}
    httpx_mock.add_response(
        url="https://circleci.test/api/v2/insights/gh/acme/web/flaky-tests",
        json={f"flaky{dash}tests": [test], f"total{dash}flaky{dash}tests": 1},
    )
    (flaky,) = await circleci.list_flaky_tests(WEB)
    assert (flaky.test_name, flaky.times_flaked, flaky.job_number) == ("t", 3, 12)


async def test_of_very_many_runs_a_bounded_number_of_pages_is_read_and_the_cut_is_said(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    pages = iter(range(1000))

    def answer(_request: httpx.Request) -> httpx.Response:
        page = next(pages)
        items = [{"id": f"{page}-{number}", "duration": 60} for number in range(250)]
        return httpx.Response(200, json={"items": items, "next_page_token": f"to {page}"})

    httpx_mock.add_callback(answer, is_reusable=True)
    heard: list[tuple[int, int]] = []

    async def so_far(read: int, runs: int) -> None:
        heard.append((read, runs))

    found = await circleci.list_past_runs(
        WEB, "build", InsightsScope(90), since=datetime(2026, 8, 1, tzinfo=UTC), so_far=so_far
    )
    assert (len(found.runs), found.cut) == (10_000, True)
    assert heard == [(read, read * 250) for read in range(1, 41)]
    assert next(pages) == 40


async def test_runs_are_asked_for_since_a_moment_and_in_their_scope(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"items": [], "next_page_token": None}, is_reusable=True)
    since = datetime(2026, 11, 1, 12, 30, 5, 123, tzinfo=UTC)
    found = await circleci.list_past_runs(WEB, "build", InsightsScope(30, branch="a/b"), since=since)
    assert (found.runs, found.cut) == ((), False)
    await circleci.list_workflow_metrics(WEB, InsightsScope(90, all_branches=True))
    await circleci.list_workflow_metrics(WEB, InsightsScope())
    asked = [dict(request.url.params) for request in httpx_mock.get_requests()]
    assert asked == [
        {"branch": "a/b", "start-date": "2026-11-01T12:30:05Z"},
        {"all-branches": "true", "reporting-window": "last-90-days"},
        {"reporting-window": "last-30-days"},
    ]


async def test_summaries_that_are_not_there_are_none(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404, json={"message": "Not found"}, is_reusable=True)
    assert await circleci.fetch_workflow_summary(WEB, "build", InsightsScope()) is None
    assert await circleci.fetch_project_summary(WEB, InsightsScope()) is None


async def test_metrics_that_are_null_are_unknown(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    metrics = {"total_runs": 1, "mttr": None, "total_credits_used": None, "duration_metrics": None}
    httpx_mock.add_response(json={"items": [{"name": "build", "metrics": metrics}], "next_page_token": None})
    (found,) = await circleci.list_workflow_metrics(WEB, InsightsScope())
    assert (found.metrics.mttr, found.metrics.duration_metrics.median) == (None, None)
