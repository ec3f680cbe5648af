from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks.jobs_blocks import PAGE, JobPage, render_list
from bot.blocks.kit import Block
from bot.circleci.links import Links
from bot.circleci.models import Job
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import find_option, get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_id, make_job, make_pipeline, make_workflow

ALL = frozenset({"job", "logs", "tests", "artifacts"})
BLOCKED = make_job(
    4, "deploy", "blocked", job_number=None, started_at=None, stopped_at=None, dependencies=[make_id(2003)]
)
JOBS = (
    make_job(1, "lint", "success"),
    make_job(2, "test", "failed"),
    make_job(3, "soak", "running", stopped_at=None),
    BLOCKED,
    make_hold(5, "approve-staging"),
    make_hold(6, "approve-tests", "success").model_copy(update={"approved_by": "u-1"}),
)


def test_each_job_offers_what_applies_to_it(golden: Check, valid_blocks: Check) -> None:
    blocks = _drawn(JOBS, names={"u-1": "Grace"}, words=ALL)
    valid_blocks(blocks)
    golden("jobs", blocks)


def test_what_has_failed_and_ended_can_be_run_again_alone() -> None:
    assert "Rerun job" not in get_text(_drawn(JOBS))
    shown = _drawn([make_job(1, "test-3.11, linux", "failed")], status="failed")
    _block, _menu, option = find_option({"blocks": shown}, "Rerun job")
    assert option["value"] == f"rerun {make_id(1001)} --jobs={make_id(2001)}"


def test_a_row_has_one_menu_and_only_a_hold_has_buttons() -> None:
    blocks = _drawn(JOBS, words=ALL)
    assert [_count_buttons(block) for block in blocks[2:-1] if block["type"] == "actions"] == [2]
    accessories = [block["accessory"]["type"] for block in blocks if "accessory" in block]
    assert accessories == ["overflow"] * 3


def test_only_failed_ones_or_those_of_one_status() -> None:
    failed = get_text(_drawn(JOBS, failed=True))
    assert "|test>" in failed
    assert "|lint>" not in failed
    assert "Show All 6 Jobs" in failed
    assert "6 jobs: 1 on hold, 1 failed, 2 passed" in failed
    running = get_text(_drawn(JOBS, only="running"))
    assert "|soak>" in running
    assert "|test>" not in running
    assert "None of them is like that" in get_text(_drawn(JOBS, only="timedout"))


def test_what_nobody_answers_has_no_button() -> None:
    shown = get_text(_drawn(JOBS, words=frozenset({"tests"})))
    assert "Show tests" in shown
    assert "Show details" not in shown
    assert "Show log" not in shown


def test_jobs_that_are_gone_are_said_to_be_gone() -> None:
    assert "no longer shows the jobs of this workflow" in get_text(_drawn(None))
    assert "There are no more" in get_text(_drawn(JOBS, page=9))


def test_a_page_of_the_worst_fits_and_leads_to_the_next_with_the_same_filter(valid_blocks: Check) -> None:
    jobs = [make_job(number, f"{number}{NASTY}", "failed") for number in range(1, PAGE + 2)]
    first = _drawn(jobs, failed=True, words=ALL, status="failed")
    valid_blocks(first)
    assert _lines(first, "Next Page") == [f"jobs {make_id(1001)} --failed --page=2"]


def _drawn(jobs: Sequence[Job] | None, *, status: str = "running", only: str | None = None, **more: Any) -> list[Block]:
    workflow = make_workflow(1, "build", status, ended=status == "failed")
    listing = JobPage(workflow=workflow, pipeline=make_pipeline(), project=WEB, jobs=jobs, status=only, **more)
    return render_list(listing, links=Links(), now=NOW)


def _count_buttons(row: Block) -> int:
    return len([element for element in row["elements"] if element["type"] == "button"])


def _lines(blocks: Sequence[Block], label: str) -> list[str]:
    buttons = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return [button["value"] for button in buttons if button["text"]["text"] == label]
