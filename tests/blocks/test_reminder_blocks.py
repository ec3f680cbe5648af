from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import hold_blocks, reminder_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.links import Links
from bot.circleci.models import Job
from bot.rules.hold_resolution import HoldResolution, ResolutionKind, build_hold_key
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_snapshot, make_workflow

WORKFLOW = make_workflow(1, "release", "on_hold", ended=False)
STAGING, PRODUCTION = (
    make_hold(number, name).model_copy(update={"started_at": NOW - timedelta(hours=2)})
    for number, name in enumerate(("approve-staging", "approve-production"), 1)
)
HOLDS = [Hold(make_snapshot((WORKFLOW, (STAGING, PRODUCTION))), WEB, WORKFLOW, job) for job in (STAGING, PRODUCTION)]
KEYS = [build_hold_key(one.workflow, one.job) for one in HOLDS]


def test_a_reminder_can_be_stopped_while_others_are_to_come(golden: Check, valid_blocks: Check) -> None:
    still = [hold_blocks.render_reminder(one, Links(), NOW) for one in HOLDS]
    approved = hold_blocks.render_resolution(
        HOLDS[0], HoldResolution(ResolutionKind.APPROVED, "u1", NOW), "Grace", links=Links()
    )
    drawn = {
        "one": reminder_blocks.render(still[:1], "p1", KEYS[:1]),
        "several": reminder_blocks.render(still, "p1", KEYS),
        "one of them is decided": reminder_blocks.render([approved, still[1]], "p1", KEYS[1:]),
        "the last": reminder_blocks.render(still, "p1", []),
    }
    for message in drawn.values():
        valid_blocks(message.blocks)
    can_be_stopped = ["Stop Reminding" in get_text(list(message.blocks)) for message in drawn.values()]
    assert can_be_stopped == [True, True, True, False]
    golden("reminder", {name: list(message.blocks) for name, message in drawn.items()})


def test_as_many_as_a_message_holds_can_be_stopped(valid_blocks: Check) -> None:
    worst = [replace(HOLDS[0], job=make_hold(number, NASTY)) for number in range(60)]
    told = [hold_blocks.render_reminder(one, Links(), NOW) for one in worst]
    valid_blocks(reminder_blocks.render(told, "p1", [build_hold_key(one.workflow, one.job) for one in worst]).blocks)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "of `approve-0`. It still waits."),
        (2, "of `approve-0` and `approve-1`. They still wait."),
        (3, "of `approve-0`, `approve-1` and `approve-2`. They still wait."),
        (12, "`approve-9` and 2 more holds. They still wait."),
    ],
)
def test_who_stopped_the_reminders_of_which_holds_is_said_aloud(count: int, said: str) -> None:
    holds = [replace(HOLDS[0], job=make_hold(number, f"approve-{number}")) for number in range(count)]
    text = reminder_blocks.format_stop("U0ADA", holds)
    assert text.startswith(":no_bell: <@U0ADA> stopped the reminders of")
    assert text.endswith(said)


def test_a_hold_that_circleci_no_longer_shows_has_no_name() -> None:
    gone = replace(HOLDS[0], job=Job(id="j"))
    assert "no longer reminded of a hold — acme/web #341" in reminder_blocks.render_stop_confirmation([gone]).text
