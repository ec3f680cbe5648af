from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks import hold_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.rules.hold_resolution import EXPIRED, LOST, HoldResolution, ResolutionKind
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_pipeline, make_snapshot, make_workflow

WORKFLOW = make_workflow(1, "release", "on_hold", ended=False)
STAGING = make_hold(1, "approve-staging").model_copy(update={"started_at": NOW})
SNAPSHOT = make_snapshot((WORKFLOW, (STAGING,)))
HOLD = Hold(SNAPSHOT, WEB, WORKFLOW, STAGING)
FATES = {
    "approved": HoldResolution(ResolutionKind.APPROVED, "u1", NOW),
    "declined": HoldResolution(ResolutionKind.DECLINED, "u1", NOW),
    "canceled": HoldResolution(ResolutionKind.CANCELED, None, NOW, status="canceled"),
    "failed": HoldResolution(ResolutionKind.ENDED, None, NOW, status="failed"),
    "superseded": HoldResolution(ResolutionKind.SUPERSEDED, "u1", NOW),
    "expired": EXPIRED,
    "lost": LOST,
}


def test_a_hold_that_waits_says_what_it_is_about_and_what_can_be_done(golden: Check, valid_blocks: Check) -> None:
    drawn = {
        "waits": hold_blocks.render_waiting(HOLD, Links()),
        "waits by its card": hold_blocks.render_by_card(HOLD, Links()),
        "still waits": hold_blocks.render_reminder(HOLD, Links(), NOW + timedelta(hours=2)),
    }
    for message in drawn.values():
        valid_blocks(message.blocks)
    golden("hold_waits", {name: list(message.blocks) for name, message in drawn.items()})


def test_every_end_of_a_hold_is_said_in_its_own_words_and_leaves_no_button_that_acts(
    golden: Check, valid_blocks: Check
) -> None:
    drawn = {
        word: hold_blocks.render_resolution(HOLD, fate, "<@U0ADA>" if fate.by else "", links=Links())
        for word, fate in FATES.items()
    }
    for word, message in drawn.items():
        valid_blocks(message.blocks)
        assert "Approve" not in get_text(list(message.blocks))
        assert ("Open in CircleCI" in get_text(list(message.blocks))) is (word in {"expired", "lost"})
    assert len({message.text for message in drawn.values()}) == len(FATES)
    golden("hold_decided", {word: list(message.blocks) for word, message in drawn.items()})


def test_several_holds_in_one_message_each_stand_for_themselves(valid_blocks: Check) -> None:
    approved = hold_blocks.render_resolution(HOLD, FATES["approved"], "Grace", links=Links())
    production = replace(HOLD, job=make_hold(2, "approve-production"))
    together = hold_blocks.merge_messages([approved, hold_blocks.render_waiting(production, Links())])
    valid_blocks(together.blocks)
    shown = get_text(list(together.blocks))
    assert "Grace approved" in shown
    assert "Approve production" in shown
    assert "Approve staging" not in shown
    assert together.text == f"{approved.text}\n{hold_blocks.render_waiting(production, Links()).text}", (
        "a notification names both"
    )


def test_the_worst_that_circleci_may_send_still_fits(valid_blocks: Check) -> None:
    workflow, job = make_workflow(1, NASTY, "on_hold", ended=False), make_hold(1, NASTY)
    worst = Hold(make_snapshot((workflow, (job,)), pipeline=make_pipeline(branch=NASTY)), WEB, workflow, job)
    gone = Hold(make_snapshot(), WEB, Workflow(id="w"), Job(id="j"))
    said = [hold_blocks.render_waiting(worst, Links()), hold_blocks.render_resolution(gone, LOST, "", links=Links())]
    for message in (*said, hold_blocks.merge_messages(said * 30)):
        valid_blocks(message.blocks)
    assert "<!channel>" not in said[0].text
