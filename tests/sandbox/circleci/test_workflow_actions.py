from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


async def _failed(circle: SimulatorClient) -> tuple[str, dict[str, Any]]:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    return pipeline_id, await circle.workflow(pipeline_id)


async def test_chosen_jobs_run_again_with_what_waits_for_them_and_the_rest_is_kept(circle: SimulatorClient) -> None:
    _, workflow = await _failed(circle)
    before = await circle.jobs(workflow["id"])
    body = {"jobs": [before["lint"]["id"]], "enable_ssh": True}
    answer = await circle.post(f"/workflow/{workflow['id']}/rerun", body)
    circle.after(30)
    after = await circle.jobs(answer.json()["workflow_id"])
    assert after["lint"]["job_number"] != before["lint"]["job_number"]
    assert after["test"]["job_number"] == before["test"]["job_number"]
    assert after["build"]["status"] == "success"
    number = after["lint"]["job_number"]
    v1 = await circle.call("GET", f"http://sandbox/circleci/api/v1.1/project/gh/acme/web/{number}")
    assert "Enable SSH" in [step["name"] for step in v1.json()["steps"]]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"from_failed": True, "jobs": ["x"]}, "from_failed and jobs exclude each other"),
        ({"enable_ssh": True}, "enable_ssh and sparse_tree require jobs"),
        ({"jobs": ["4b0c7d1e-0000-4000-8000-000000000000"]}, "Some of the jobs do not belong to this workflow"),
        ({"from_failed": "yes"}, "Unexpected request body provided."),
    ],
)
async def test_a_rerun_that_makes_no_sense_is_refused(
    circle: SimulatorClient, body: dict[str, Any], sentence: str
) -> None:
    _, workflow = await _failed(circle)
    answer = await circle.post(f"/workflow/{workflow['id']}/rerun", body)
    assert (answer.status_code, answer.json()) == (400, {"message": sentence})


async def test_only_what_failed_can_be_rerun_from_failed_and_only_what_ended_at_all(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    circle.after(5)
    running = await circle.workflow(pipeline_id)
    early = await circle.post(f"/workflow/{running['id']}/rerun", {})
    circle.after(30)
    passed = await circle.post(f"/workflow/{running['id']}/rerun", {"from_failed": True})
    assert (early.status_code, passed.status_code) == (400, 400)
    assert "still running" in early.json()["message"]
    assert passed.json() == {"message": "Only a failed workflow can be rerun from failed"}


async def test_a_workflow_can_be_rerun_a_hundred_times(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("unauthorized")
    circle.after(10)
    workflow_id = (await circle.workflow(pipeline_id))["id"]
    for _ in range(100):
        workflow_id = (await circle.post(f"/workflow/{workflow_id}/rerun", {})).json()["workflow_id"]
        circle.after(10)
    answer = await circle.post(f"/workflow/{workflow_id}/rerun", {})
    assert (answer.status_code, answer.json()) == (400, {"message": "A workflow can be rerun at most 100 times"})


async def test_an_old_workflow_cannot_be_rerun(circle: SimulatorClient) -> None:
    _, workflow = await _failed(circle)
    circle.after(90 * 24 * 3600)
    answer = await circle.post(f"/workflow/{workflow['id']}/rerun", {})
    assert (answer.status_code, answer.json()) == (400, {"message": "Workflows older than 90 days cannot be rerun"})


async def test_a_hold_is_approved_once(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    hold = (await circle.jobs(workflow["id"]))["approve-staging"]
    path = f"/workflow/{workflow['id']}/approve"
    answers = [await circle.post(f"{path}/{hold['approval_request_id']}") for _ in range(2)]
    wrong = await circle.post(f"{path}/{hold['id']}")
    assert [(each.status_code, each.json()["message"]) for each in (*answers, wrong)] == [
        (202, "Accepted."),
        (400, "The job has already been approved"),
        (404, "Approval request not found"),
    ]


async def test_a_canceled_hold_cannot_be_approved(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    hold = (await circle.jobs(workflow["id"]))["approve-staging"]
    await circle.post(f"/workflow/{workflow['id']}/cancel")
    circle.after(2)
    answer = await circle.post(f"/workflow/{workflow['id']}/approve/{hold['approval_request_id']}")
    assert (answer.status_code, answer.json()["message"]) == (400, "The job has been canceled and cannot be approved")


async def test_what_has_ended_cannot_be_canceled(circle: SimulatorClient) -> None:
    _, workflow = await _failed(circle)
    job = (await circle.jobs(workflow["id"]))["test"]
    answers = [
        await circle.post(f"/workflow/{workflow['id']}/cancel"),
        await circle.post(f"/jobs/{job['id']}/cancel"),
        await circle.post(f"/project/gh/acme/web/job/{job['job_number']}/cancel"),
    ]
    assert [(each.status_code, each.json()["message"]) for each in answers] == [
        (400, "The workflow has already ended and cannot be canceled"),
        (400, "The job has already ended and cannot be canceled"),
        (400, "The job has already ended and cannot be canceled"),
    ]
