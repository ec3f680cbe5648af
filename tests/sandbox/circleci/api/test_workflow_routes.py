from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient


async def test_a_held_job_is_told_from_one_that_waits_for_it(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    jobs = await circle.jobs((await circle.workflow(pipeline_id))["id"])
    hold, blocked = jobs["approve-staging"], jobs["deploy-staging"]
    assert (hold["type"], hold["status"], blocked["type"], blocked["status"]) == (
        "approval",
        "on_hold",
        "build",
        "blocked",
    )
    assert hold["approval_request_id"] != hold["id"]
    assert blocked["requires"] == {hold["id"]: ["success"]}
    assert "started_at" not in blocked


async def test_jobs_of_old_workflows_are_gone(circle: SimulatorClient) -> None:
    oldest = circle.world.archive.list_pipelines(circle.world.projects["gh/acme/web"])[-1]
    run = oldest.workflows[0]
    assert (await circle.get(f"/workflow/{run.id}"))["status"] == "success"
    answer = await circle.call("GET", f"/workflow/{run.id}/job")
    assert (answer.status_code, answer.json()) == (404, {"message": "Workflow not found"})


async def test_a_rerun_shows_who_started_it(circle: SimulatorClient) -> None:
    run = circle.world.archive.list_pipelines(branch="broken")[0].workflows[0]
    answer = await circle.post(f"/workflow/{run.id}/rerun", {"from_failed": True}, by="grace")
    assert (answer.status_code, set(answer.json())) == (202, {"workflow_id"})
    new = await circle.get(f"/workflow/{answer.json()['workflow_id']}")
    assert new["started_by"] == (await circle.get("/me", "grace"))["id"]
    assert (new["pipeline_id"], new["status"], new["stopped_at"]) == (run.pipeline.id, "running", None)
