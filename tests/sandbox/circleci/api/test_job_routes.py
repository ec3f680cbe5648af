from __future__ import annotations

from typing import Any

from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def _job(circle: SimulatorClient, branch: str, name: str, after_s: float = 30) -> dict[str, Any]:
    pipeline_id = await circle.trigger(branch)
    circle.after(after_s)
    return (await circle.jobs((await circle.workflow(pipeline_id))["id"]))[name]


async def test_a_job_tells_how_long_it_ran_in_milliseconds_and_on_how_many_machines(circle: SimulatorClient) -> None:
    number = (await _job(circle, "main", "test"))["job_number"]
    job = await circle.get(f"{WEB}/job/{number}")
    assert (job["name"], job["status"], job["duration"], job["parallelism"]) == ("test", "success", 7000, 2)
    assert job["parallel_runs"] == [{"index": 0, "status": "success"}, {"index": 1, "status": "success"}]
    assert job["web_url"].startswith("http://sandbox/circleci/pipelines/github/acme/web/")
    assert job["latest_workflow"]["name"] == "build-and-test"


async def test_a_kept_job_belongs_to_the_newest_workflow(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("flaky")
    circle.after(20)
    failed = await circle.workflow(pipeline_id)
    number = (await circle.jobs(failed["id"]))["lint"]["job_number"]
    rerun = await circle.post(f"/workflow/{failed['id']}/rerun", {"from_failed": True})
    job = await circle.get(f"{WEB}/job/{number}")
    assert job["latest_workflow"]["id"] == rerun.json()["workflow_id"]


async def test_an_unauthorized_job_says_which_context_was_closed(circle: SimulatorClient) -> None:
    number = (await _job(circle, "unauthorized", "deploy-production"))["job_number"]
    job = await circle.get(f"{WEB}/job/{number}")
    assert job["contexts"] == [{"name": "production"}]
    assert job["messages"][0]["message"] == "You may not use the context production"


async def test_tests_come_in_pages_and_a_failure_is_on_the_second(circle: SimulatorClient) -> None:
    number = (await _job(circle, "broken", "test"))["job_number"]
    first = await circle.get(f"{WEB}/{number}/tests")
    second = await circle.get(f"{WEB}/{number}/tests", **{"page-token": first["next_page_token"]})
    failed = [[test["name"] for test in page["items"] if test["result"] == "failure"] for page in (first, second)]
    assert failed == [["test_total_includes_the_discount"], ["test_an_empty_basket_is_refused"]]
    assert (len(first["items"]), len(second["items"]), second["next_page_token"]) == (20, 20, None)


async def test_a_job_is_canceled_by_its_number_a_moment_later(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("slow")
    circle.after(10)
    workflow = await circle.workflow(pipeline_id)
    number = (await circle.jobs(workflow["id"]))["soak"]["job_number"]
    answer = await circle.post(f"{WEB}/job/{number}/cancel", by="grace")
    assert (answer.status_code, answer.json()) == (200, {"message": "Job canceled successfully."})
    assert (await circle.get(f"{WEB}/job/{number}"))["status"] == "running"
    circle.after(1)
    assert (await circle.get(f"{WEB}/job/{number}"))["status"] == "canceled"
    assert (await circle.workflow(pipeline_id))["status"] == "canceled"


async def test_a_number_that_no_job_has_is_not_found(circle: SimulatorClient) -> None:
    answer = await circle.call("GET", f"{WEB}/job/99999")
    assert (answer.status_code, answer.json()) == (404, {"message": "Job not found"})


async def test_each_parallel_run_tells_its_own_end(circle: SimulatorClient) -> None:
    number = (await _job(circle, "parallel", "test"))["job_number"]
    runs = (await circle.get(f"{WEB}/job/{number}"))["parallel_runs"]
    assert [run["status"] for run in runs] == ["success", "failed", "success", "success"]


async def test_a_lost_machine_is_said_in_circlecis_own_words(circle: SimulatorClient) -> None:
    number = (await _job(circle, "infra", "test"))["job_number"]
    job = await circle.get(f"{WEB}/job/{number}")
    assert (job["status"], "was lost" in job["messages"][0]["message"]) == ("infrastructure_fail", True)
