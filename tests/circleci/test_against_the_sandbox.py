"""The stories that the sandbox's branches tell, lived through with the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.job_failure import diagnose_job
from bot.circleci.links import Link, Links
from bot.circleci.models import TriggeredPipeline
from bot.domain import ProjectSlug
from bot.errors import NotFound, RateLimited, Unauthorized, Unavailable
from tests.circleci.sandboxed import WEB, CircleCISandbox, run_circleci_sandbox

SECRET = ProjectSlug("gh", "acme", "secret")


@pytest.fixture
async def sandbox() -> AsyncIterator[CircleCISandbox]:
    async with run_circleci_sandbox() as one:
        yield one


# Stories


async def test_main_goes_from_pending_to_success(sandbox: CircleCISandbox) -> None:
    made = await sandbox.ada.trigger_pipeline(WEB, branch="main", parameters={"deploy": True, "replicas": 3})
    assert isinstance(made, TriggeredPipeline)
    fresh = await sandbox.snapshot(made.id)
    assert (fresh.status, fresh.has_ended(sandbox.now())) == ("pending", False)
    running = await sandbox.snapshot(made.id, after_s=6)
    assert (running.status, running.pipeline.branch, running.duration_s) == ("running", "main", None)
    done = await sandbox.snapshot(made.id, after_s=60, before=running)
    assert (done.status, done.has_ended(sandbox.now())) == ("success", True)
    assert {run.workflow.name for run in done.get_newest_runs()} == {"build-and-test", "deploy-preview"}
    assert done.duration_s is not None
    assert 0 < done.duration_s < 60
    assert done.pipeline.subject
    assert done.pipeline.revision


async def test_broken_tells_why_and_can_be_rerun_from_failed(sandbox: CircleCISandbox) -> None:
    failed = await sandbox.snapshot(await sandbox.start_pipeline("broken"), after_s=60)
    assert (failed.status, [job.name for job in failed.failed_jobs]) == ("failed", ["test"])
    found = await diagnose_job(sandbox.ada, WEB, failed.failed_jobs[0])
    assert (found.step, found.tests_failed) == ("Run tests", 2)
    assert {test.name for test in found.tests} == {
        "test_total_includes_the_discount",
        "test_an_empty_basket_is_refused",
    }
    assert 0 < len(found.telling) <= 12
    assert found.first_error
    assert found.exit_code
    assert "\x1b" not in "".join(found.telling)
    (broken,) = [run.workflow for run in failed.get_newest_runs() if run.workflow.status == "failed"]
    again = await sandbox.ada.rerun_workflow(broken.id, from_failed=True)
    rerun = await sandbox.snapshot(failed.pipeline.id, after_s=1, before=failed)
    assert again in {run.workflow.id for run in rerun.get_newest_runs()}
    assert broken.id not in {run.workflow.id for run in rerun.get_newest_runs()}
    assert rerun.status == "running"


async def test_flaky_passes_on_its_rerun(sandbox: CircleCISandbox) -> None:
    failed = await sandbox.snapshot(await sandbox.start_pipeline("flaky"), after_s=60)
    assert failed.status == "failed"
    await sandbox.ada.rerun_workflow(failed.get_newest_runs()[0].workflow.id)
    passed = await sandbox.snapshot(failed.pipeline.id, after_s=60, before=failed)
    assert (passed.status, passed.failed_jobs, len(passed.workflows)) == ("success", (), 2)


async def test_release_waits_at_two_holds_and_the_chosen_one_is_approved(sandbox: CircleCISandbox) -> None:
    held = await sandbox.snapshot(await sandbox.start_pipeline("release"), after_s=30)
    holds = {job.name: (workflow, job) for workflow, job in held.pending_holds}
    assert (held.status, set(holds)) == ("on_hold", {"approve-staging", "approve-production"})
    assert not held.has_ended(sandbox.now())
    workflow, hold = holds["approve-production"]
    assert hold.approval_request_id
    await sandbox.ada.approve_job(workflow.id, hold.approval_request_id)
    after = await sandbox.snapshot(held.pipeline.id, after_s=1, before=held)
    assert [job.name for _workflow, job in after.pending_holds] == ["approve-staging"]
    approved = next(job for job in after.get_newest_runs()[0].jobs or () if job.name == "approve-production")
    assert approved.approved_by
    assert (await sandbox.ada.fetch_user(approved.approved_by)).login == (await sandbox.ada.fetch_me()).login


async def test_a_hold_is_declined_by_cancelling_its_job(sandbox: CircleCISandbox) -> None:
    held = await sandbox.snapshot(await sandbox.start_pipeline("release"), after_s=30)
    await sandbox.ada.cancel_job_by_id(held.pending_holds[0][1].id)
    assert len((await sandbox.snapshot(held.pipeline.id, after_s=1)).pending_holds) == 1


async def test_slow_runs_until_it_is_cancelled(sandbox: CircleCISandbox) -> None:
    slow = await sandbox.snapshot(await sandbox.start_pipeline("slow"), after_s=600)
    assert slow.status == "running"
    await sandbox.ada.cancel_workflow(slow.get_newest_runs()[0].workflow.id)
    cancelled = await sandbox.snapshot(slow.pipeline.id, after_s=60, before=slow)
    assert (cancelled.status, cancelled.has_ended(sandbox.now())) == ("canceled", True)


async def test_bad_config_errors_before_any_workflow(sandbox: CircleCISandbox) -> None:
    errored = await sandbox.snapshot(await sandbox.start_pipeline("bad-config"), after_s=30)
    assert (errored.status, errored.workflows, errored.has_ended(sandbox.now())) == ("errored", (), True)
    assert "install-deps" in errored.pipeline.errors[0].message


async def test_empty_is_pending_until_the_grace_is_over(sandbox: CircleCISandbox) -> None:
    young = await sandbox.snapshot(await sandbox.start_pipeline("empty"), after_s=10)
    assert (young.status, young.has_ended(sandbox.now())) == ("pending", False)
    old = await sandbox.snapshot(young.pipeline.id, after_s=60, before=young)
    assert (old.status, old.has_ended(sandbox.now())) == ("empty", True)


async def test_setup_makes_way_for_what_it_made(sandbox: CircleCISandbox) -> None:
    pipeline_id = await sandbox.start_pipeline("setup")
    seen = {(await sandbox.snapshot(pipeline_id)).status}
    snapshot = None
    for _second in range(60):
        snapshot = await sandbox.snapshot(pipeline_id, after_s=1, before=snapshot)
        seen.add(snapshot.status)
        if snapshot.has_ended(sandbox.now()):
            break
    assert snapshot is not None
    assert snapshot.status == "success"
    assert [run.workflow.name for run in snapshot.get_newest_runs()] == ["build-and-test"]
    assert "setup" in seen
    assert not seen & {"failed", "empty", "errored"}


async def test_auto_rerun_is_not_over_with_its_first_failure(sandbox: CircleCISandbox) -> None:
    pipeline_id, seen_failed = await sandbox.start_pipeline("auto-rerun"), False
    snapshot = None
    for _second in range(90):
        snapshot = await sandbox.snapshot(pipeline_id, after_s=1, before=snapshot)
        seen_failed |= snapshot.status == "failed"
        assert not (snapshot.status == "failed" and snapshot.has_ended(sandbox.now()))
        if snapshot.has_ended(sandbox.now()):
            break
    assert snapshot is not None
    assert (snapshot.status, len(snapshot.workflows)) == ("success", 2)


@pytest.mark.parametrize(
    ("branch", "status", "says"), [("infra", "failed", "infrastructure"), ("unauthorized", "unauthorized", "context")]
)
async def test_what_failed_for_other_reasons_says_so(
    sandbox: CircleCISandbox, branch: str, status: str, says: str
) -> None:
    ended = await sandbox.snapshot(await sandbox.start_pipeline(branch), after_s=90)
    assert ended.status == status
    found = await diagnose_job(sandbox.ada, WEB, ended.failed_jobs[0])
    assert any(says in message for message in found.messages)


async def test_reading_again_spends_few_requests(sandbox: CircleCISandbox) -> None:
    done = await sandbox.snapshot(await sandbox.start_pipeline("main"), after_s=90)
    before = len(await sandbox.calls())
    assert await fetch_snapshot(sandbox.ada, done.pipeline.id, done) == done
    assert len(await sandbox.calls()) - before == 1


# Projects, links


async def test_each_person_sees_their_own_projects(sandbox: CircleCISandbox) -> None:
    names = {
        login: {one.name for one in await sandbox.as_(login).list_visible_projects()}
        for login in ("ada", "grace", "eve")
    }
    assert {"web", "api", "secret", "kiosk", "legacy"} <= names["ada"]
    assert "secret" not in names["grace"]
    assert names["eve"] == {"web"}


async def test_an_app_project_is_run_by_one_of_its_definitions(sandbox: CircleCISandbox) -> None:
    (kiosk,) = [one for one in await sandbox.ada.list_visible_projects() if one.name == "kiosk"]
    assert kiosk.slug.startswith("circleci/")
    definitions = {one.name: one.id for one in await sandbox.ada.list_definitions(kiosk.id)}
    assert set(definitions) == {"build", "nightly"}
    made = await sandbox.ada.trigger_pipeline(kiosk.project, branch="main", definition_id=definitions["nightly"])
    assert isinstance(made, TriggeredPipeline)
    ended = await sandbox.snapshot(made.id, after_s=90)
    assert [run.workflow.name for run in ended.get_newest_runs()] == ["nightly"]
    assert ended.project_name == kiosk.full_name
    assert (ended.pipeline.branch, bool(ended.pipeline.subject)) == ("main", True)


async def test_history_branches_and_flaky_tests_are_there_to_be_read(sandbox: CircleCISandbox) -> None:
    branches = await sandbox.ada.list_recent_branches(WEB)
    assert "main" in branches
    pipelines = [pipeline async for pipeline in sandbox.ada.list_pipelines(WEB, branch="main")]
    assert pipelines
    assert {pipeline.branch for pipeline in pipelines} == {"main"}
    assert (await sandbox.ada.fetch_pipeline_by_number(WEB, pipelines[0].number)).id == pipelines[0].id
    assert all(flaky.test_name for flaky in await sandbox.ada.list_flaky_tests(WEB))


async def test_a_link_that_we_build_opens_in_the_sandbox(sandbox: CircleCISandbox) -> None:
    ended = await sandbox.snapshot(await sandbox.start_pipeline("broken"), after_s=60)
    (run,) = [run for run in ended.get_newest_runs() if run.workflow.status == "failed"]
    job = ended.failed_jobs[0]
    assert job.job_number is not None
    base = sandbox.pool.base_url
    url = Links(base).job_url(WEB, ended.pipeline.number, run.workflow.id, job_number=job.job_number)
    assert (await sandbox.control.get(url)).status_code == 200
    assert Link.parse(url, base) == Link(WEB, ended.pipeline.number, run.workflow.id, job.job_number)


async def test_tests_and_artifacts_of_a_job_are_read(sandbox: CircleCISandbox) -> None:
    ended = await sandbox.snapshot(await sandbox.start_pipeline("broken"), after_s=60)
    number = ended.failed_jobs[0].job_number
    assert number is not None
    detail = await sandbox.ada.fetch_job(WEB, number)
    assert (detail.name, detail.number, detail.status) == ("test", number, "failed")
    assert detail.duration_s
    assert len(await sandbox.ada.list_tests(WEB, number)) == 40
    assert "coverage/index.html" in {artifact.path for artifact in await sandbox.ada.list_artifacts(WEB, number)}


# Refusals and faults


async def test_tokens_decide_what_may_be_done(sandbox: CircleCISandbox) -> None:
    with pytest.raises(Unauthorized):
        await sandbox.as_("expired").fetch_me()
    with pytest.raises(NotFound):
        await sandbox.as_("eve").fetch_project(SECRET)
    with pytest.raises(NotFound):
        await sandbox.as_("eve").trigger_pipeline(WEB, branch="main")


async def test_a_lost_answer_to_a_trigger_is_unknown_and_not_repeated(sandbox: CircleCISandbox) -> None:
    before = [one.number async for one in sandbox.ada.list_pipelines(WEB, mine=True)]
    await sandbox.fault("project/gh/acme/web/pipeline", method="POST", accept_then_drop=True, count=5)
    with pytest.raises(Unavailable) as raised:
        await sandbox.ada.trigger_pipeline(WEB, branch="main")
    assert raised.value.unknown is True
    after = [one.number async for one in sandbox.ada.list_pipelines(WEB, mine=True)]
    assert len(after) == len(before) + 1


async def test_a_throttled_write_waits_as_asked_and_acts_once(sandbox: CircleCISandbox) -> None:
    slow = await sandbox.snapshot(await sandbox.start_pipeline("slow"), after_s=10)
    await sandbox.fault("workflow/", method="POST", status=429, retry_after=2, count=2)
    await sandbox.ada.cancel_workflow(slow.get_newest_runs()[0].workflow.id)
    assert sandbox.naps == [2.0, 2.0]
    assert (await sandbox.snapshot(slow.pipeline.id, after_s=60)).status == "canceled"


async def test_a_long_throttle_is_told_at_once(sandbox: CircleCISandbox) -> None:
    await sandbox.fault("me", status=429, retry_after=120, count=0)
    with pytest.raises(RateLimited) as raised:
        await sandbox.ada.fetch_me()
    assert (raised.value.retry_after_s, sandbox.naps) == (120.0, [])


async def test_reads_ride_out_a_storm(sandbox: CircleCISandbox) -> None:
    await sandbox.fault("me", status=503, count=1)
    await sandbox.fault("me", accept_then_drop=True, count=2)
    assert (await sandbox.ada.fetch_me()).login


@pytest.mark.parametrize("body", ["<html>502</html>", "{", ""])
async def test_an_answer_that_is_no_json_is_unavailable(sandbox: CircleCISandbox, body: str) -> None:
    await sandbox.fault("me", status=200, body=body, count=0)
    with pytest.raises(Unavailable):
        await sandbox.ada.fetch_me()
