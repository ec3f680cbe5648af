from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sandbox.circleci.run_records import invent_records
from tests.sandbox.circleci.circle import SimulatorClient

WEB = "/insights/gh/acme/web"
EVERYWHERE = {"all-branches": "true"}


async def test_metrics_count_the_runs_of_the_default_branch(circle: SimulatorClient) -> None:
    items = {item["name"]: item["metrics"] for item in (await circle.get(f"{WEB}/workflows"))["items"]}
    main = items["build-and-test"]
    assert main["total_runs"] >= main["successful_runs"] + main["failed_runs"] > 100
    assert main["success_rate"] == main["successful_runs"] / (main["successful_runs"] + main["failed_runs"])
    assert main["total_recoveries"] <= main["failed_runs"]
    assert main["mttr"] > 0
    took = main["duration_metrics"]
    assert took["min"] < took["median"] < took["p95"] < took["max"]


async def test_the_told_past_is_the_same_after_every_start_and_as_lively_as_people_are(circle: SimulatorClient) -> None:
    again = SimulatorClient()
    runs = [(await one.get(f"{WEB}/workflows", **EVERYWHERE))["items"] for one in (circle, again)]
    assert runs[0] == runs[1]
    records = invent_records(circle.world.projects["gh/acme/web"], circle.world.started_at)
    by_day = Counter(one.created_at.date() for one in records if one.branch == "main")
    weekend = [count for day, count in by_day.items() if day.weekday() >= 5]
    assert max(weekend) < max(by_day.values())
    await again.http.aclose()


async def test_a_window_a_branch_or_all_of_them_can_be_asked_for(circle: SimulatorClient) -> None:
    async def runs(**params: str) -> int:
        items = (await circle.get(f"{WEB}/workflows", **params))["items"]
        return sum(item["metrics"]["total_runs"] for item in items if item["name"] == "build-and-test")

    assert await runs(branch="broken") == 4
    assert await runs(**EVERYWHERE) > await runs() > await runs(**{"reporting-window": "last-24-hours"}) > 0
    answer = await circle.call("GET", f"{WEB}/workflows", params={"reporting-window": "ever"})
    assert answer.status_code == 400


async def test_recent_runs_of_a_workflow_are_listed(circle: SimulatorClient) -> None:
    items = (await circle.get(f"{WEB}/workflows/build-and-test", branch="flaky"))["items"]
    assert [item["status"] for item in items[:2]] == ["success", "failed"]
    assert {item["branch"] for item in items} == {"flaky"}


async def test_runs_can_be_asked_for_between_two_dates(circle: SimulatorClient) -> None:
    now = circle.world.engine.now()
    start, end = (now - timedelta(days=20)).isoformat(), (now - timedelta(days=10)).isoformat()
    between = {"start-date": start, "end-date": end}
    items = (await circle.get(f"{WEB}/workflows/build-and-test", **between))["items"]
    assert items
    assert all(start[:19] <= item["created_at"][:19] < end[:19] for item in items)
    for wrong in ({"end-date": end}, {"start-date": "soon"}, {**between, "start-date": "2020-01-01T00:00:00Z"}):
        answer = await circle.call("GET", f"{WEB}/workflows/build-and-test", params=wrong)
        assert answer.status_code == 400


async def test_jobs_are_measured_and_found_by_a_part_of_their_name(circle: SimulatorClient) -> None:
    items = {
        item["name"]: item["metrics"] for item in (await circle.get(f"{WEB}/workflows/build-and-test/jobs"))["items"]
    }
    assert set(items) == {"lint", "test", "build"}
    assert items["test"]["duration_metrics"]["median"] > items["lint"]["duration_metrics"]["median"]
    some = await circle.get(f"{WEB}/workflows/build-and-test/jobs", **{"job-name": "il"})
    assert [item["name"] for item in some["items"]] == ["build"]


async def test_branches_are_those_that_ran(circle: SimulatorClient) -> None:
    branches = (await circle.get(f"{WEB}/branches"))["branches"]
    assert {"main", "feature/login", "feature/search"} <= set(branches)
    assert "empty" not in branches
    assert (await circle.get(f"{WEB}/branches", **{"workflow-name": "release"}))["branches"] == ["release"]
