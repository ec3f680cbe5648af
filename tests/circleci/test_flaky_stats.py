from __future__ import annotations

from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.flaky_stats import FlakyStats, fetch_flaky_stats
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")
INSIGHTS = "https://circleci.test/api/v2/insights/gh/acme/web"
METRICS = f"{INSIGHTS}/workflows/build/test-metrics?all-branches=true"


def _measured(name: str, failed: int, total: int, *, flaky: bool) -> dict[str, object]:
    return {"test_name": name, "classname": "C", "failed_runs": failed, "total_runs": total, "flaky": flaky}


async def test_flaky_tests_are_known_with_how_often_they_failed(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    flakes = [
        {"test_name": "a", "classname": "C", "times_flaked": 2},
        {"test_name": "a", "classname": "C", "times_flaked": 1, "job_name": "other"},
        {"test-name": "b", "classname": "C", "times-flaked": 1},
    ]
    measured = [_measured("a", 3, 40, flaky=True), _measured("c", 1, 10, flaky=True), _measured("d", 9, 9, flaky=False)]
    httpx_mock.add_response(url=f"{INSIGHTS}/flaky-tests", json={"flaky_tests": flakes})
    httpx_mock.add_response(url=METRICS, json={"most_failed_tests": measured})
    assert await fetch_flaky_stats(circleci, WEB, "build") == {
        ("C", "a"): FlakyStats(3, 3, 40),
        ("C", "b"): FlakyStats(1),
        ("C", "c"): FlakyStats(0, 1, 10),
    }


async def test_without_insights_no_test_is_flaky(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{INSIGHTS}/flaky-tests", status_code=404)
    httpx_mock.add_response(url=METRICS, status_code=403)
    assert await fetch_flaky_stats(circleci, WEB, "build") == {}
