from __future__ import annotations

from bot.blocks.kit import Block
from bot.blocks.workflow_blocks import PAGE, get_user_ids, render_workflow
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_job, make_pipeline, make_workflow


def test_holds_and_failures_come_first(golden: Check, valid_blocks: Check) -> None:
    jobs = (make_job(1, "lint", "success"), make_job(2, "test", "failed"), make_hold(3, "ship"))
    blocks = _draw(make_workflow(1, "build", "failing", ended=False), jobs)
    valid_blocks(blocks)
    golden("workflow", blocks)


def test_a_workflow_whose_jobs_are_gone_says_so() -> None:
    shown = get_text(_draw(make_workflow(1, "build", "failed"), None))
    assert "no longer shows the jobs of this workflow" in shown
    assert "Rerun from Failed" in shown


def test_many_jobs_come_a_page_at_a_time_and_fit(valid_blocks: Check) -> None:
    jobs = tuple(make_job(number, f"{number} {NASTY}", "success") for number in range(PAGE + 1))
    first = _draw(make_workflow(1, NASTY, "success"), jobs)
    valid_blocks(first)
    assert "Next Page" in get_text(first)
    last = _draw(make_workflow(1, NASTY, "success"), jobs, page=2)
    assert "Previous Page" in get_text(last)
    assert f"|{PAGE} Ping" in get_text(last)


def test_who_started_canceled_and_approved_is_named() -> None:
    hold = make_hold(1, "ship", "success").model_copy(update={"approved_by": "u-2"})
    workflow = make_workflow(1, "build", "canceled", started_by="u-1", canceled_by="u-2")
    assert get_user_ids(workflow, [hold]) == ("u-1", "u-2")
    blocks = render_workflow(
        workflow,
        [hold],
        pipeline=make_pipeline(),
        project=WEB,
        links=Links(),
        now=NOW,
        names={"u-1": "Ada", "u-2": "Grace"},
    )
    shown = get_text(blocks)
    assert "· started by Ada · canceled by Grace" in shown
    assert "ship — success · hold · approved by Grace" in shown


def _draw(workflow: Workflow, jobs: tuple[Job, ...] | None, page: int = 1) -> list[Block]:
    return render_workflow(workflow, jobs, pipeline=make_pipeline(), project=WEB, links=Links(), now=NOW, page=page)
