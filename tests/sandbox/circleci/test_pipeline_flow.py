from __future__ import annotations

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


async def test_a_fresh_pipeline_is_pending_then_created_and_only_then_has_workflows(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    assert (await circle.get(f"/pipeline/{pipeline_id}"))["state"] == "pending"
    circle.after(1)
    assert (await circle.get(f"/pipeline/{pipeline_id}"))["state"] == "created"
    assert await circle.workflows(pipeline_id) == []
    circle.after(0.5)
    names = {run["name"] for run in await circle.workflows(pipeline_id)}
    assert names == {"build-and-test", "deploy-preview"}


async def test_main_passes_in_about_fifteen_seconds_its_jobs_in_the_order_of_their_dependencies(
    circle: SimulatorClient,
) -> None:
    pipeline_id = await circle.trigger("main")
    circle.after(2)
    jobs = await circle.jobs((await circle.workflow(pipeline_id))["id"])
    assert {name: job["status"] for name, job in jobs.items()} == {
        "lint": "running",
        "test": "running",
        "build": "blocked",
    }
    assert "job_number" not in jobs["build"]
    assert jobs["build"]["dependencies"] == [jobs["lint"]["id"], jobs["test"]["id"]]
    circle.after(13)
    assert {run["status"] for run in await circle.workflows(pipeline_id)} == {"success"}
    jobs = await circle.jobs((await circle.workflow(pipeline_id))["id"])
    assert jobs["build"]["started_at"] > jobs["test"]["stopped_at"]


async def test_broken_is_failing_while_others_run_and_failed_when_all_have_ended(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(5.5)
    assert (await circle.workflow(pipeline_id))["status"] == "running"
    circle.after(4.5)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    assert (workflow["status"], jobs["test"]["status"], jobs["build"]["status"]) == ("failed", "failed", "not_run")
    assert "job_number" not in jobs["build"]
    assert workflow["stopped_at"] == jobs["test"]["stopped_at"]


async def test_a_workflow_is_failing_until_its_other_jobs_have_ended(circle: SimulatorClient) -> None:
    circle.world.push(circle.world.projects["gh/acme/web"], branch="unauthorized")
    pipeline_id = await circle.trigger("broken")
    circle.after(9.5)
    workflow = circle.world.archive.find_workflow((await circle.workflow(pipeline_id))["id"])
    assert workflow is not None
    again = await circle.post(f"/workflow/{workflow.id}/rerun", {})
    circle.after(2)
    rerun = circle.world.archive.find_workflow(again.json()["workflow_id"])
    assert rerun is not None
    lint, test, _ = rerun.jobs
    assert (lint.status, test.status) == ("running", "running")
    circle.world.flow._end_job(rerun, lint, "failed")
    assert (await circle.get(f"/workflow/{rerun.id}"))["status"] == "failing"
    circle.after(10)
    assert (await circle.get(f"/workflow/{rerun.id}"))["status"] == "failed"


@pytest.mark.parametrize("from_failed", [True, False])
async def test_flaky_fails_then_passes_on_rerun_in_a_new_workflow(circle: SimulatorClient, from_failed: bool) -> None:
    pipeline_id = await circle.trigger("flaky")
    circle.after(20)
    failed = await circle.workflow(pipeline_id)
    assert failed["status"] == "failed"
    answer = await circle.post(f"/workflow/{failed['id']}/rerun", {"from_failed": from_failed})
    circle.after(20)
    newest, oldest = await circle.workflows(pipeline_id)
    assert newest["id"] == answer.json()["workflow_id"] != failed["id"]
    assert (newest["status"], oldest["status"]) == ("success", "failed")
    before, after = await circle.jobs(failed["id"]), await circle.jobs(newest["id"])
    assert (before["lint"]["job_number"] == after["lint"]["job_number"]) is from_failed
    assert before["test"]["job_number"] != after["test"]["job_number"]


async def test_a_second_pipeline_on_flaky_fails_first_again(circle: SimulatorClient) -> None:
    for _ in range(2):
        pipeline_id = await circle.trigger("flaky")
        circle.after(20)
        assert (await circle.workflow(pipeline_id))["status"] == "failed"


async def test_release_is_held_twice_at_once_and_each_hold_releases_its_own_deployment(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    assert workflow["status"] == "on_hold"
    holds = [jobs["approve-staging"], jobs["approve-production"]]
    assert [(hold["type"], hold["status"], "job_number" in hold) for hold in holds] == [
        ("approval", "on_hold", False)
    ] * 2
    request_id = jobs["approve-production"]["approval_request_id"]
    await circle.post(f"/workflow/{workflow['id']}/approve/{request_id}", by="grace")
    circle.after(5)
    jobs = await circle.jobs(workflow["id"])
    approver = await circle.get(f"/user/{jobs['approve-production']['approved_by']}")
    assert approver["name"] == "Grace"
    assert jobs["deploy-production"]["status"] == "success"
    assert (jobs["approve-staging"]["status"], jobs["deploy-staging"]["status"]) == ("on_hold", "blocked")
    assert (await circle.workflow(pipeline_id))["status"] == "on_hold"
    await circle.post(f"/workflow/{workflow['id']}/approve/{jobs['approve-staging']['approval_request_id']}")
    circle.after(5)
    assert (await circle.workflow(pipeline_id))["status"] == "success"


async def test_slow_runs_until_somebody_cancels_it_and_then_a_moment_longer(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("slow")
    circle.after(7 * 24 * 3600)
    workflow = await circle.workflow(pipeline_id)
    assert workflow["status"] == "running"
    answer = await circle.post(f"/workflow/{workflow['id']}/cancel", by="grace")
    assert answer.status_code == 202
    assert (await circle.workflow(pipeline_id))["status"] == "running"
    circle.after(1)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    assert (workflow["status"], jobs["soak"]["status"], jobs["lint"]["status"]) == ("canceled", "canceled", "success")
    grace = await circle.get("/me", "grace")
    assert workflow["canceled_by"] == jobs["soak"]["canceled_by"] == grace["id"]


async def test_a_cancel_that_comes_too_late_changes_nothing(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    circle.after(14)
    workflow = await circle.workflow(pipeline_id)
    assert workflow["status"] == "running"
    assert (await circle.post(f"/workflow/{workflow['id']}/cancel")).status_code == 202
    circle.after(5)
    assert (await circle.workflow(pipeline_id))["status"] == "success"


async def test_bad_config_errors_before_any_workflow(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("bad-config")
    assert (await circle.get(f"/pipeline/{pipeline_id}"))["errors"] == []
    circle.after(60)
    pipeline = await circle.get(f"/pipeline/{pipeline_id}")
    assert pipeline["state"] == "errored"
    assert [error["type"] for error in pipeline["errors"]] == ["config"]
    assert "install-deps" in pipeline["errors"][0]["message"]
    assert await circle.workflows(pipeline_id) == []


async def test_setup_goes_back_to_pending_before_the_real_workflows_appear(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("setup")
    states: list[str] = []
    for _ in range(16):
        circle.after(0.5)
        state = (await circle.get(f"/pipeline/{pipeline_id}"))["state"]
        states += [state] if state not in states[-1:] else []
    assert states == ["setup-pending", "setup", "pending", "created"]
    circle.after(20)
    real, setup = await circle.workflows(pipeline_id)
    assert (setup["name"], setup["tag"], setup["status"]) == ("setup", "setup", "success")
    assert (real["name"], real.get("tag"), real["status"]) == ("build-and-test", None, "success")


@pytest.mark.parametrize("branch", ["empty", "ci-skip"])
async def test_a_created_pipeline_may_stay_without_workflows(circle: SimulatorClient, branch: str) -> None:
    pipeline_id = await circle.trigger(branch)
    circle.after(600)
    assert (await circle.get(f"/pipeline/{pipeline_id}"))["state"] == "created"
    assert await circle.workflows(pipeline_id) == []


async def test_auto_rerun_is_rerun_by_itself(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("auto-rerun")
    circle.after(9.5)
    (first,) = await circle.workflows(pipeline_id)
    assert (first["status"], first["max_auto_reruns"], "auto_rerun_number" in first) == ("failed", 1, False)
    circle.after(20)
    newest, _ = await circle.workflows(pipeline_id)
    assert (newest["status"], newest["auto_rerun_number"]) == ("success", 1)


async def test_a_restricted_context_leaves_job_and_workflow_unauthorized(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("unauthorized")
    circle.after(10)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    assert (workflow["status"], jobs["deploy-production"]["status"]) == ("unauthorized", "unauthorized")


async def test_a_lost_machine_fails_the_workflow(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("infra")
    circle.after(20)
    workflow = await circle.workflow(pipeline_id)
    assert workflow["status"] == "failed"
    assert (await circle.jobs(workflow["id"]))["test"]["status"] == "infrastructure_fail"


async def test_a_declined_hold_keeps_its_deployment_from_running(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    await circle.post(f"/jobs/{jobs['approve-production']['id']}/cancel", by="grace")
    await circle.post(f"/workflow/{workflow['id']}/approve/{jobs['approve-staging']['approval_request_id']}")
    circle.after(10)
    jobs = await circle.jobs(workflow["id"])
    assert {name: job["status"] for name, job in jobs.items()} == {
        "build": "success",
        "approve-staging": "success",
        "approve-production": "canceled",
        "deploy-staging": "success",
        "deploy-production": "not_run",
    }
    assert (await circle.workflow(pipeline_id))["status"] == "canceled"


async def test_the_pipeline_s_own_date_does_not_follow_its_workflows(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    circle.after(2)
    before = (await circle.get(f"/pipeline/{pipeline_id}"))["updated_at"]
    circle.after(20)
    assert (await circle.get(f"/pipeline/{pipeline_id}"))["updated_at"] == before
