from __future__ import annotations

from bot.blocks.kit import Block
from bot.blocks.workflow_blocks import PAGE, people_in, workflow_with_jobs
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of
from tests.plugins.factories import NASTY, NOW, WEB, a_hold, a_job, a_pipeline, a_workflow


def test_holds_and_failures_come_first(golden: Check, valid_blocks: Check) -> None:
    jobs = (a_job(1, "lint", "success"), a_job(2, "test", "failed"), a_hold(3, "ship"))
    blocks = _draw(a_workflow(1, "build", "failing", ended=False), jobs)
    valid_blocks(blocks)
    golden("workflow", blocks)


def test_a_workflow_whose_jobs_are_gone_says_so() -> None:
    shown = text_of(_draw(a_workflow(1, "build", "failed"), None))
    assert "does not show the jobs of this workflow any more" in shown
    assert "Rerun from failed" in shown


def test_many_jobs_come_a_page_at_a_time_and_fit(valid_blocks: Check) -> None:
    jobs = tuple(a_job(number, f"{number} {NASTY}", "success") for number in range(PAGE + 1))
    first = _draw(a_workflow(1, NASTY, "success"), jobs)
    valid_blocks(first)
    assert "Next page" in text_of(first)
    last = _draw(a_workflow(1, NASTY, "success"), jobs, page=2)
    assert "Previous page" in text_of(last)
    assert f"|{PAGE} Ping" in text_of(last)


def test_who_started_canceled_and_approved_is_named() -> None:
    hold = a_hold(1, "ship", "success").model_copy(update={"approved_by": "u-2"})
    workflow = a_workflow(1, "build", "canceled", started_by="u-1", canceled_by="u-2")
    assert people_in(workflow, [hold]) == ("u-1", "u-2")
    blocks = workflow_with_jobs(
        workflow,
        [hold],
        pipeline=a_pipeline(),
        project=WEB,
        links=Links(),
        now=NOW,
        names={"u-1": "Ada", "u-2": "Grace"},
    )
    shown = text_of(blocks)
    assert "· started by Ada · canceled by Grace" in shown
    assert "ship — success · hold · approved by Grace" in shown


def _draw(workflow: Workflow, jobs: tuple[Job, ...] | None, page: int = 1) -> list[Block]:
    return workflow_with_jobs(workflow, jobs, pipeline=a_pipeline(), project=WEB, links=Links(), now=NOW, page=page)
