from __future__ import annotations

from tests.sandbox.circleci.circle import Circle

WEB = "/insights/gh/acme/web"


async def test_metrics_count_the_runs_of_the_default_branch(circle: Circle) -> None:
    items = {item["name"]: item["metrics"] for item in (await circle.get(f"{WEB}/workflows"))["items"]}
    main = items["build-and-test"]
    assert main["total_runs"] == main["successful_runs"] + main["failed_runs"] > 5
    assert (main["failed_runs"], main["total_recoveries"]) == (1, 1)
    assert 0 < main["success_rate"] < 1
    assert main["duration_metrics"]["max"] <= 15


async def test_a_window_a_branch_or_all_of_them_can_be_asked_for(circle: Circle) -> None:
    async def runs(**params: str) -> int:
        items = (await circle.get(f"{WEB}/workflows", **params))["items"]
        return sum(item["metrics"]["total_runs"] for item in items if item["name"] == "build-and-test")

    assert await runs(branch="broken") == 4
    assert (
        await runs(**{"all-branches": "true"}) > await runs() > await runs(**{"reporting-window": "last-24-hours"}) > 0
    )
    answer = await circle.call("GET", f"{WEB}/workflows", params={"reporting-window": "ever"})
    assert answer.status_code == 400


async def test_recent_runs_of_a_workflow_are_listed(circle: Circle) -> None:
    items = (await circle.get(f"{WEB}/workflows/build-and-test", branch="flaky"))["items"]
    assert [item["status"] for item in items[:2]] == ["success", "failed"]
    assert {item["branch"] for item in items} == {"flaky"}


async def test_flaky_is_what_failed_and_passed_on_the_same_commit(circle: Circle) -> None:
    found = await circle.get(f"{WEB}/flaky-tests")
    assert found["total_flaky_tests"] == 1
    (test,) = found["flaky_tests"]
    assert (test["test_name"], test["job_name"], test["times_flaked"]) == ("test_a_session_expires", "test", 4)
    assert (await circle.get("/insights/gh/acme/api/flaky-tests"))["flaky_tests"] == []


async def test_branches_are_those_that_ran(circle: Circle) -> None:
    branches = (await circle.get(f"{WEB}/branches"))["branches"]
    assert {"main", "feature/login"} <= set(branches)
    assert "empty" not in branches
