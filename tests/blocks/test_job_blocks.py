from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks.job_blocks import JobReport, render
from bot.circleci.failure_causes import Cause
from bot.circleci.models import JobDetail, JobStep, StepAction
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_id, make_pipeline

DETAIL = JobDetail.model_validate(
    {
        "number": 12,
        "name": "test",
        "status": "failed",
        "duration": 192_000,
        "queued_at": NOW - timedelta(minutes=5),
        "started_at": NOW - timedelta(minutes=4),
        "parallelism": 4,
        "executor": {"resource_class": "medium", "type": "docker"},
        "contexts": [{"name": "docker-hub"}],
        "latest_workflow": {"id": make_id(1001), "name": "build"},
    }
)


def _step(name: str, *statuses: str, exit_code: int | None = None) -> JobStep:
    actions = [
        StepAction(name=name, index=index, status=status, exit_code=exit_code, run_time_millis=1000 * (index + 1))
        for index, status in enumerate(statuses)
    ]
    return JobStep(name=name, actions=tuple(actions))


SHOWN = JobReport(
    project=WEB,
    number=12,
    detail=DETAIL,
    url="https://app.circleci.com/jobs/12",
    ended=True,
    pipeline=make_pipeline(),
    steps=(_step("Checkout code", "success", "success"), _step("Run tests", "success", "failed", exit_code=137)),
    nodes=(1,),
    messages=("CircleCI says so",),
    cause=Cause("It ran out of memory.", "Take more."),
    rerun=make_id(2012),
    commands=frozenset({"artifacts"}),
)


def test_a_failed_job_tells_where_it_ran_what_failed_and_what_can_be_done(golden: Check, valid_blocks: Check) -> None:
    blocks = render(SHOWN)
    valid_blocks(blocks)
    golden("job", blocks)


def test_a_running_job_can_be_canceled_and_reached_but_not_rerun(valid_blocks: Check) -> None:
    blocks = render(replace(SHOWN, ended=False, ssh_command="ssh -p 64535 3.91.0.17", commands=frozenset()))
    valid_blocks(blocks)
    shown = get_text(blocks)
    assert "Connect with `ssh -p 64535 3.91.0.17`" in shown
    assert "Cancel" in shown
    assert "Rerun" not in shown
    assert "Artifacts" not in shown


def test_the_worst_that_circleci_may_send_still_fits(valid_blocks: Check) -> None:
    detail = DETAIL.model_copy(update={"name": NASTY, "parallelism": 200})
    steps = tuple(_step(f"{number} {NASTY}", *["failed"] * 64, exit_code=1) for number in range(90))
    blocks = render(replace(SHOWN, detail=detail, steps=steps, nodes=tuple(range(100)), messages=(NASTY * 4,) * 9))
    valid_blocks(blocks)
    assert "<!channel>" not in get_text(blocks)
