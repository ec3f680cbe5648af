"""Whatever a pipeline is made of, its card fits into Slack, and what went wrong or waits is never what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from bot.blocks import kit, run_blocks
from bot.blocks.card_blocks import CardContext, render_card
from bot.circleci.links import Links
from bot.circleci.models import Job, PipelineError
from bot.circleci.snapshot import Snapshot
from bot.domain import BAD
from bot.messages import AuditEntry
from sandbox.slack.block_kit.check import list_message_problems
from tests.plugins.block_kit import find_block_problems
from tests.plugins.block_reader import get_text
from tests.plugins.factories import (
    NASTY,
    NOW,
    WEB,
    make_hold,
    make_id,
    make_job,
    make_pipeline,
    make_snapshot,
    make_workflow,
)

_NAMES = some.sampled_from(
    ["build", "test", NASTY, '"quoted" \\ back' * 20, "名" * 200, "\N{SKULL}" * 150, "&<>" * 90, " ", "`x`" * 99]
)
_STATUSES = some.sampled_from(["success", "failed", "running", "on_hold", "canceled", "error", "unheard_of"])
_DEED = AuditEntry(make_id(341), "T1", "U1", f"Rerun of `{'x' * 80}`: {'`yyyy`, ' * 60}", NOW)


@dataclass(frozen=True)
class Plan:
    name: str
    status: str
    failed: int
    held: int


_PLANS = some.lists(
    some.builds(Plan, _NAMES, _STATUSES, failed=some.integers(0, 12), held=some.integers(0, 6)), max_size=60
)


def _built(plans: list[Plan], ref: str, errors: int = 0) -> Snapshot:
    wrong = [PipelineError(type="config", message='say "no" ' * 200)] * errors
    pipeline = make_pipeline(branch=ref, vcs={"branch": ref, "commit": {"subject": ref}}, errors=wrong)
    runs = ((_workflow(number, plan), tuple(_jobs(plan))) for number, plan in enumerate(plans))
    return make_snapshot(*runs, pipeline=pipeline)


def _workflow(number: int, plan: Plan) -> Any:
    begun = NOW - timedelta(minutes=number)
    ended = plan.status not in {"running", "on_hold"}
    return make_workflow(number, f"{number:02} {plan.name}", plan.status, ended=ended, created_at=begun)


def _jobs(plan: Plan) -> list[Job]:
    failed = [make_job(number, f"{number} {plan.name}", "failed") for number in range(plan.failed)]
    return failed + [make_hold(20 + number, f"{number} {plan.name}") for number in range(plan.held)]


def _said(blocks: Any) -> list[str]:
    """What can be pressed or chosen says this."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    menus = [block["accessory"]["options"] for block in blocks if "accessory" in block]
    return [element["value"] for row in (*rows, *menus) for element in row if "value" in element]


@given(_PLANS, _NAMES, some.integers(0, 6), some.integers(0, 12))
@settings(max_examples=60)
def test_any_card_fits_and_keeps_what_matters(plans: list[Plan], ref: str, errors: int, deeds: int) -> None:
    snapshot = _built(plans, ref, errors)
    blocks = list(render_card(snapshot, CardContext(WEB, Links(), entries=[_DEED] * deeds)).blocks)
    assert find_block_problems(blocks, "message") == []
    assert list_message_problems(blocks) == []
    assert kit.count_chars(blocks) <= kit.ROOM
    _counts_all(snapshot, blocks)
    _stays_short(snapshot, blocks)
    _offers_what_it_must(snapshot, blocks)


def _counts_all(snapshot: Snapshot, blocks: list[Any]) -> None:
    """Each workflow is named or counted, and none that is well while one that is not is left out."""
    lines = [line for block in blocks if block["type"] == "section" for line in block["text"]["text"].split("\n")]
    named = {run.workflow.id for run in snapshot.get_newest_runs() if any(run.workflow.id in line for line in lines)}
    counted = re.findall(r"\+?(\d+) [a-z]", lines[-1]) if not lines[-1].startswith((":", ">")) else []
    assert len(named) + sum(map(int, counted)) == len(snapshot.get_newest_runs())
    bad = {run.workflow.id for run in snapshot.get_newest_runs() if run.workflow.status in BAD}
    assert bad <= named or named <= bad
    assert len(bad & named) >= min(len(bad), 5)


def _offers_what_it_must(snapshot: Snapshot, blocks: list[Any]) -> None:
    said, pipeline = _said(blocks), snapshot.pipeline.id
    failed = [run.workflow.id for run in snapshot.get_newest_runs() if run.workflow.status == "failed"]
    offered = [one for one in failed if f"rerun {one} --failed" in said]
    assert len(offered) == len(failed) or (
        offered and {f"jobs {pipeline} --failed --overview", f"jobs {pipeline} --overview"} & set(said)
    )
    approvals = [one for one in said if one.startswith("approve ")]
    held = snapshot.pending_holds
    assert len(approvals) == len(held) or (
        approvals and {f"jobs {pipeline} --waiting --overview", f"jobs {pipeline} --overview"} & set(said)
    )


def _stays_short(snapshot: Snapshot, blocks: list[Any]) -> None:
    """Fifty workflows take no more lines than ten: all that is said of workflows is eight lines at most."""
    sections = [block["text"]["text"] for block in blocks[1:] if block["type"] == "section"]
    lines = [line for text in sections if ":no_entry: CircleCI " not in text for line in text.split("\n")]
    assert len(lines) <= run_blocks.LINES
    assert len(_said(blocks)) <= 9
    assert bool(lines) is bool(snapshot.get_newest_runs())


def test_the_37th_of_fifty_failed_and_stands_first() -> None:
    plans = [Plan("service", "failed" if number == 37 else "success", failed=1, held=0) for number in range(1, 51)]
    blocks = list(render_card(_built(plans, "mono"), CardContext(WEB, Links())).blocks)
    first, *others = next(block for block in blocks[1:] if block["type"] == "section")["text"]["text"].split("\n")
    assert "36 service" in first
    assert others == ["> Failed: `0 service`", "…and 49 passed"]
    assert "Rerun from Failed" in get_text(blocks)
    assert "All 50 workflows" in get_text(blocks[0])


def test_all_that_failed_and_all_that_waits_is_one_press_away() -> None:
    plans = [Plan("deploy", "on_hold", failed=0, held=3) for _ in range(10)]
    assert "Show All 30 Holds" in get_text(list(render_card(_built(plans, "main"), CardContext(WEB, Links())).blocks))
    plans = [Plan("test", "failed", failed=9, held=0) for _ in range(20)]
    shown = get_text(list(render_card(_built(plans, "main"), CardContext(WEB, Links())).blocks))
    assert "Show All 20 That Failed" in shown
    assert "…and 15 failed" in shown


def test_what_waits_is_named_however_many_workflows_wait() -> None:
    plans = [Plan("deploy", "on_hold", failed=0, held=1) for _ in range(30)]
    shown = get_text(list(render_card(_built(plans, "main"), CardContext(WEB, Links())).blocks))
    assert "— waits for `0 deploy`" in shown


def test_long_names_of_many_failed_jobs_are_shortened_and_counted() -> None:
    plans = [Plan("integration-test-of-the-checkout-" * 5, "failed", failed=9, held=0) for _ in range(20)]
    shown = get_text(list(render_card(_built(plans, "main"), CardContext(WEB, Links())).blocks))
    assert shown.count("> Failed: ") == 2
    assert re.search(r"> Failed: `0 int[^`]*…[^`]*`.* and \d more", shown)
