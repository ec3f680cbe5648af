from __future__ import annotations

from typing import Any

from tests.sandbox.circleci.circle import SimulatorClient

V1 = "http://sandbox/circleci/api/v1.1/project"


async def _steps(circle: SimulatorClient, branch: str, name: str, after_s: float = 30) -> list[dict[str, Any]]:
    pipeline_id = await circle.trigger(branch)
    circle.after(after_s)
    number = (await circle.jobs((await circle.workflow(pipeline_id))["id"]))[name]["job_number"]
    answer = await circle.call("GET", f"{V1}/github/acme/web/{number}")
    assert answer.json()["build_num"] == number
    return list(answer.json()["steps"])


async def test_the_failed_action_leads_to_what_it_printed_without_a_token(circle: SimulatorClient) -> None:
    steps = await _steps(circle, "broken", "test")
    failed = [action for step in steps for action in step["actions"] if action["failed"]]
    assert [(each["name"], each["index"], each["exit_code"], each["status"]) for each in failed] == [
        ("Run tests", 0, 1, "failed"),
        ("Run tests", 1, 1, "failed"),
    ]
    answer = await circle.call("GET", failed[0]["output_url"], None)
    log = "".join(part["message"] for part in answer.json())
    assert "2 failed, 38 passed" in log
    assert {part["type"] for part in answer.json()} == {"out", "err"}


async def test_the_job_names_itself_and_the_workflow_it_ran_in(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    run = await circle.workflow(pipeline_id)
    job = (await circle.jobs(run["id"]))["test"]
    answer = (await circle.call("GET", f"{V1}/github/acme/web/{job['job_number']}")).json()
    named = answer["workflows"]
    assert (named["job_name"], named["job_id"]) == ("test", job["id"])
    assert (named["workflow_name"], named["workflow_id"]) == (run["name"], run["id"])
    assert named["upstream_job_ids"] == job["dependencies"]


async def test_a_token_sent_to_a_presigned_address_is_noticed(circle: SimulatorClient) -> None:
    url = (await _steps(circle, "broken", "test"))[-1]["actions"][0]["output_url"]
    await circle.call("GET", url, None)
    await circle.call("GET", url, "ada")
    first, second = circle.world.calls.snapshot()[-2:]
    assert first["path"].startswith("/output/")
    assert (first["auth"], second["auth"], second["token_owner"]) == (None, "circle-token", "ada")


async def test_presigned_addresses_expire(circle: SimulatorClient) -> None:
    url = (await _steps(circle, "broken", "test"))[-1]["actions"][0]["output_url"]
    circle.after(9 * 60)
    assert (await circle.call("GET", url, None)).status_code == 200
    circle.after(2 * 60)
    expired = await circle.call("GET", url, None)
    assert (expired.status_code, "expired" in expired.text) == (403, True)
    assert (await circle.call("GET", url[:-5], None)).status_code == 403


async def test_a_running_step_has_output_and_no_exit_code_yet(circle: SimulatorClient) -> None:
    running = (await _steps(circle, "slow", "soak", after_s=10))[-1]["actions"][0]
    assert (running["status"], running["exit_code"], running["failed"]) == ("running", None, None)
    assert (await circle.call("GET", running["output_url"], None)).json()


async def test_output_is_also_had_as_a_file_with_the_token(circle: SimulatorClient) -> None:
    job = next(
        job
        for run in circle.world.archive.list_pipelines(branch="broken")[0].workflows
        for job in run.jobs
        if job.name == "test"
    )
    path = f"{V1}/{job.project.slug}/{job.number}/output"
    answer = await circle.call("GET", f"{path}/2/0", params={"file": "true"})
    assert (answer.status_code, "short test summary" in answer.text) == (200, True)
    assert (await circle.call("GET", f"{path}/9/0")).status_code == 404
    assert (await circle.call("GET", f"{path}/2/0", None)).status_code == 401


async def test_a_fault_can_strike_the_output(circle: SimulatorClient) -> None:
    url = (await _steps(circle, "broken", "test"))[-1]["actions"][0]["output_url"]
    circle.faults.add({"target": "circleci", "match": "output/", "status": 429})
    assert (await circle.call("GET", url, None)).status_code == 429
    assert (await circle.call("GET", url, None)).status_code == 200


async def test_where_one_of_four_nodes_failed_only_that_one_says_so(circle: SimulatorClient) -> None:
    actions = (await _steps(circle, "parallel", "test"))[-1]["actions"]
    assert [(each["index"], each["status"], each["exit_code"]) for each in actions] == [
        (0, "success", 0),
        (1, "failed", 1),
        (2, "success", 0),
        (3, "success", 0),
    ]
    logs = [(await circle.call("GET", each["output_url"], None)).text for each in actions[:2]]
    assert ["short test summary" in log for log in logs] == [False, True]


async def test_a_job_without_memory_is_killed_and_one_over_its_time_leaves_no_exit_code(
    circle: SimulatorClient,
) -> None:
    killed = (await _steps(circle, "oom", "bundle"))[-1]["actions"][0]
    late = (await _steps(circle, "timeout", "end-to-end"))[-1]["actions"][0]
    assert (killed["status"], killed["exit_code"]) == ("failed", 137)
    assert (late["status"], late["exit_code"], late["failed"]) == ("timedout", None, True)
    assert "heap out of memory" in (await circle.call("GET", killed["output_url"], None)).text
    assert "context deadline exceeded" in (await circle.call("GET", late["output_url"], None)).text


async def test_a_job_with_ssh_says_how_to_connect(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    run = await circle.workflow(pipeline_id)
    job = (await circle.jobs(run["id"]))["test"]
    again = await circle.post(f"/workflow/{run['id']}/rerun", {"jobs": [job["id"]], "enable_ssh": True})
    circle.after(30)
    number = (await circle.jobs(again.json()["workflow_id"]))["test"]["job_number"]
    steps = (await circle.call("GET", f"{V1}/github/acme/web/{number}")).json()["steps"]
    (step,) = [step for step in steps if step["name"] == "Enable SSH"]
    assert "$ ssh -p " in (await circle.call("GET", step["actions"][0]["output_url"], None)).text
