from __future__ import annotations

from typing import Any

import pytest

from bot.blocks import kit
from bot.blocks.workflows_blocks import WorkflowPage, render_list
from bot.circleci.links import Links
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, make_hold, make_pipeline, make_workflow

FIFTY = [
    make_workflow(number, f"service-{number:02}", "failed" if number == 37 else "success") for number in range(1, 51)
]
HELD = [
    (make_workflow(number, "release", "on_hold", ended=False), make_hold(number, f"go-{number}"))
    for number in range(30)
]


def _options(blocks: list[kit.Block]) -> list[Any]:
    return [option for block in blocks for menu in block.get("elements", ()) for option in menu.get("options", ())]


def test_all_of_fifty_can_be_chosen_what_failed_before_the_rest(golden: Check, valid_blocks: Check) -> None:
    blocks = render_list(WorkflowPage(make_pipeline(), FIFTY), Links())
    valid_blocks(blocks)
    assert kit.count_chars(blocks) <= kit.ROOM
    chosen = [option["value"] for option in _options(blocks)]
    assert chosen[0] == f"jobs {FIFTY[36].id} --overview"
    assert set(chosen) == {f"jobs {one.id} --overview" for one in FIFTY}
    assert "*50 workflows* of" in get_text(blocks)
    assert "1 failed, 49 passed" in get_text(blocks)
    golden("workflows_of_many", blocks)


def test_thirty_holds_can_each_be_approved(valid_blocks: Check) -> None:
    blocks = render_list(WorkflowPage(make_pipeline(), [workflow for workflow, _ in HELD], HELD), Links())
    valid_blocks(blocks)
    assert "*30 holds* of" in get_text(blocks)
    assert [option["value"] for option in _options(blocks)] == [
        f"approve {workflow.id} {hold.id}" for workflow, hold in HELD
    ]


def test_what_failed_can_be_rerun_from_there(valid_blocks: Check) -> None:
    failed = [make_workflow(number, f"service-{number}", "failed") for number in range(12)]
    blocks = render_list(WorkflowPage(make_pipeline(), [*FIFTY[:3], *failed], failed=True), Links())
    valid_blocks(blocks)
    assert [option["value"] for option in _options(blocks)] == [f"rerun {one.id} --failed" for one in failed]


def test_a_few_are_buttons(valid_blocks: Check) -> None:
    blocks = render_list(WorkflowPage(make_pipeline(), FIFTY[35:38]), Links())
    valid_blocks(blocks)
    assert "service-37 (failed)" in get_text(blocks)
    assert _options(blocks) == []


@pytest.mark.parametrize("name", [NASTY, '"' * 300, "名" * 300])
@pytest.mark.parametrize("waiting", [True, False])
def test_with_the_longest_names_there_are_more_pages_and_none_is_left_out(
    valid_blocks: Check, name: str, *, waiting: bool
) -> None:
    workflows = [make_workflow(number, f"{number}{name}", "on_hold", ended=False) for number in range(90)]
    held = [(one, make_hold(number, f"{number}{name}")) for number, one in enumerate(workflows)] if waiting else None
    seen: set[str] = set()
    for page in range(1, 7):
        blocks = render_list(WorkflowPage(make_pipeline(branch=name), workflows, held, page=page), Links())
        valid_blocks(blocks)
        assert kit.count_chars(blocks) <= kit.ROOM
        seen |= {option["value"] for option in _options(blocks)}
        seen |= {button["value"] for block in blocks for button in block.get("elements", ()) if "value" in button}
    assert all(any(one.id in said for said in seen) for one in workflows)
