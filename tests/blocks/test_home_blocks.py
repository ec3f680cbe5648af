from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.blocks import home_blocks, kit
from bot.blocks.first_steps_blocks import FirstSteps
from bot.blocks.home_blocks import HomeContent, HomePreset
from bot.circleci.links import Links
from bot.domain import Deploy, Outcome, OutcomeClass, OutcomeKind, ProjectSlug
from bot.domain.people import Account, AccountState
from bot.messages import Message
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_pipeline, make_snapshot, make_workflow

ADA = Account("T1", "U1", "id-of-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_secret")
DONE = FirstSteps(ADA, has_project=True, newest="p1")
EMPTY = HomeContent(ADA, DONE, [], [], [], [], {})
HELD = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), (make_hold(1, "ship"),)))
PASSED = make_snapshot((make_workflow(2, "build", "success"), None), pipeline=make_pipeline(342))
FAILED = make_snapshot((make_workflow(3, "build", "failed"), None), pipeline=make_pipeline(343, "broken"))
RED = Outcome(
    key="k1",
    kind=OutcomeKind.FAILED,
    status="failed",
    project=WEB,
    pipeline_id=FAILED.pipeline.id,
    pipeline_number=343,
    workflow="build",
    workflow_id="w3",
    branch="broken",
    tag=None,
    happened_at=NOW,
    classes=frozenset({OutcomeClass.STILL_FAILING}),
    streak=3,
)
RUNNING = [
    replace(RED, kind=OutcomeKind.ROLLED_BACK, deploy=Deploy("web", "production", "1.0.14")),
    replace(RED, kind=OutcomeKind.DEPLOYED, deploy=Deploy("worker", NASTY, NASTY, namespace="blue")),
]
PRESETS = [HomePreset("deploy-staging", WEB, "main")]


def test_a_home_shows_what_waits_then_what_is_mine_what_is_red_and_the_presets(
    golden: Check, valid_blocks: Check
) -> None:
    mine = replace(EMPTY, waiting=[(WEB, HELD)], own=[(WEB, PASSED), (WEB, FAILED)])
    content = replace(mine, red=[RED], presets=PRESETS, running=RUNNING)
    blocks = _render(content)
    valid_blocks(blocks, "home")
    golden("home", blocks)


def test_an_empty_home_says_by_examples_how_to_fill_it(golden: Check, valid_blocks: Check) -> None:
    blocks = _render(EMPTY)
    valid_blocks(blocks, "home")
    golden("home_empty", blocks)


def test_a_newcomer_sees_three_steps_with_their_state(golden: Check, valid_blocks: Check) -> None:
    for name, steps in {
        "stranger": FirstSteps(None),
        "expired": FirstSteps(replace(ADA, state=AccountState.EXPIRED)),
        "connected": FirstSteps(ADA),
        "with_project": FirstSteps(ADA, has_project=True),
    }.items():
        welcome, home = home_blocks.render_welcome(steps.account), _render(replace(EMPTY, steps=steps))
        drawn = home if steps.is_connected else welcome
        valid_blocks(drawn, "home")
        golden(f"home_first_steps_{name}", drawn)


def test_who_has_begun_sees_no_steps() -> None:
    assert "Three steps" not in get_text(_render(replace(EMPTY, steps=FirstSteps(ADA, has_rule=True))))


@each_case(
    "content",
    [
        EMPTY,
        replace(EMPTY, waiting=[(WEB, HELD)]),
        replace(EMPTY, waiting=[(WEB, HELD)] * 2),
        replace(EMPTY, steps=FirstSteps(ADA)),
        replace(EMPTY, steps=FirstSteps(ADA), waiting=[(WEB, HELD)]),
        replace(EMPTY, own=[(WEB, PASSED), (WEB, FAILED)], red=[RED], presets=PRESETS),
    ],
)
def test_at_most_one_button_is_primary_and_each_row_has_one_accessory(content: HomeContent) -> None:
    blocks = _render(content)
    assert sum(element.get("style") == "primary" for element in _list_elements(blocks)) <= 1
    rows = [block for block in blocks if block["type"] == "actions"]
    assert len(rows) <= 2 + len(content.waiting)


def test_the_primary_button_is_the_one_approval_that_is_due_else_to_trigger() -> None:
    assert _get_primary(_render(replace(EMPTY, waiting=[(WEB, HELD)]))) == ["Approve ship"]
    assert _get_primary(_render(replace(EMPTY, waiting=[(WEB, HELD)] * 2))) == ["Trigger…"]


def test_what_can_always_be_done_stands_above_every_list() -> None:
    shown = get_text(_render(replace(EMPTY, waiting=[(WEB, HELD)], own=[(WEB, PASSED)])))
    assert shown.index("Change Settings…") < shown.index("Waiting for you")
    assert shown.index("Trigger…") < shown.index("Waiting for you")


def test_what_passed_has_no_rerun_and_what_failed_is_explained_first() -> None:
    mine = [block for block in _render(replace(EMPTY, own=[(WEB, PASSED), (WEB, FAILED)])) if "accessory" in block]
    options = [[option["text"]["text"] for option in row["accessory"]["options"]] for row in mine]
    assert options == [["Show details"], ["Show why it failed", "Rerun from failed", "Show details"]]


def test_a_red_branch_is_one_row_however_many_of_its_workflows_failed() -> None:
    red = [RED, replace(RED, key="k2", workflow="lint", workflow_id="w4", streak=1)]
    shown = get_text(_render(replace(EMPTY, red=red)))
    assert shown.count("*failing*") == 1
    assert "`build`, `lint`" in shown
    assert "3 in a row" in shown


def test_a_project_is_called_by_its_readable_name_everywhere() -> None:
    opaque = ProjectSlug.parse("circleci/aaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbb")
    content = replace(
        EMPTY,
        waiting=[(opaque, HELD)],
        own=[(opaque, FAILED)],
        red=[replace(RED, project=opaque)],
        presets=[HomePreset("ship", opaque, None)],
        names={opaque: "Acme/kiosk"},
    )
    shown = get_text(_render(content))
    assert shown.count("Acme/kiosk") >= 4
    assert "aaaaaaaaaaaaaaaaaaaaaa" not in shown.replace("/circleci/aaaaaaaaaaaaaaaaaaaaaa/", "")


def test_what_came_of_the_last_press_stands_on_top() -> None:
    blocks = _render(EMPTY, Message("Approved."))
    assert [get_text(block) for block in blocks[:2]][1] == "Approved."


def test_a_fullest_home_fits(valid_blocks: Check) -> None:
    holds = tuple(make_hold(number, f"hold-{number}") for number in range(9))
    held = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), holds))
    red = [replace(RED, key=str(number), branch=f"branch-{number}") for number in range(10)]
    note = Message("Long", [kit.section("x" * 3000)] * 30)
    content = HomeContent(
        ADA, FirstSteps(ADA), [(WEB, held)] * 5, [(WEB, FAILED)] * 5, red, PRESETS * 5, {}, warning="CircleCI is slow"
    )
    projects = [ProjectSlug("gh", "acme", f"web-{number}") for number in range(7)]
    content = replace(content, running=[replace(one, project=each) for each in projects for one in RUNNING * 6])
    blocks = _render(content, note)
    valid_blocks(blocks, "home")
    assert len(blocks) <= 100
    assert "web-4" in get_text(blocks)
    assert "web-5" not in get_text(blocks)
    assert "…and 7 more" in get_text(blocks)


def _render(content: HomeContent, note: Message | None = None) -> list[kit.Block]:
    return home_blocks.render(content, links=Links(), now=NOW, note=note)


def _list_elements(blocks: list[kit.Block]) -> list[dict[str, Any]]:
    return [
        element for block in blocks for element in (*block.get("elements", ()), block.get("accessory") or {}) if element
    ]


def _get_primary(blocks: list[kit.Block]) -> list[str]:
    return [one["text"]["text"] for one in _list_elements(blocks) if one.get("style") == "primary"]
