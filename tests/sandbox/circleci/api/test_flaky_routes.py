from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient

WEB = "/insights/gh/acme/web"


async def test_flaky_is_what_failed_and_passed_on_the_same_commit(circle: SimulatorClient) -> None:
    found = await circle.get(f"{WEB}/flaky-tests")
    assert found["total_flaky_tests"] == len(found["flaky_tests"])
    (test,) = [one for one in found["flaky_tests"] if one["test_name"] == "test_a_session_expires"]
    assert (test["job_name"], test["times_flaked"]) == ("test", 4)
    assert (await circle.get("/insights/gh/acme/api/flaky-tests"))["flaky_tests"] == []


async def test_where_a_flaky_test_was_seen_last_can_be_looked_at(circle: SimulatorClient) -> None:
    for test in (await circle.get(f"{WEB}/flaky-tests"))["flaky_tests"]:
        job = await circle.get(f"/project/gh/acme/web/job/{test['job_number']}")
        assert job["name"] == test["job_name"]


async def test_the_tests_of_the_ten_latest_runs_are_measured(circle: SimulatorClient) -> None:
    found = await circle.get(f"{WEB}/workflows/build-and-test/test-metrics", branch="broken")
    assert {test["test_name"] for test in found["most_failed_tests"]} == {
        "test_total_includes_the_discount",
        "test_an_empty_basket_is_refused",
    }
    assert len(found["test_runs"]) == 4
    assert found["test_runs"][0]["test_counts"]["failure"] == 2
    slowest = [test["p95_duration"] for test in found["slowest_tests"]]
    assert slowest == sorted(slowest, reverse=True)
    main = await circle.get(f"{WEB}/workflows/build-and-test/test-metrics")
    assert len(main["test_runs"]) == 10
