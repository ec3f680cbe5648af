from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks import hold_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.rules.hold_resolution import EXPIRED, LOST, Fate
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of
from tests.plugins.factories import NASTY, NOW, WEB, a_hold, a_pipeline, a_snapshot, a_workflow

WORKFLOW = a_workflow(1, "release", "on_hold", ended=False)
STAGING = a_hold(1, "approve-staging").model_copy(update={"started_at": NOW})
SNAPSHOT = a_snapshot((WORKFLOW, (STAGING,)))
HOLD = Hold(SNAPSHOT, WEB, WORKFLOW, STAGING)
FATES = {
    "approved": Fate("approved", "u1", NOW),
    "declined": Fate("declined", "u1", NOW),
    "canceled": Fate("canceled", None, NOW),
    "failed": Fate("failed", None, NOW),
    "superseded": Fate("superseded", "u1", NOW),
    "expired": EXPIRED,
    "lost": LOST,
}


def test_a_hold_that_waits_says_what_it_is_about_and_what_can_be_done(golden: Check, valid_blocks: Check) -> None:
    drawn = {
        "waits": hold_blocks.waits(HOLD, Links()),
        "still waits": hold_blocks.still_waits(HOLD, Links(), NOW + timedelta(hours=2)),
    }
    for message in drawn.values():
        valid_blocks(message.blocks)
    golden("hold_waits", {name: list(message.blocks) for name, message in drawn.items()})


def test_every_end_of_a_hold_is_said_in_its_own_words_and_leaves_no_button_that_acts(
    golden: Check, valid_blocks: Check
) -> None:
    drawn = {
        word: hold_blocks.decided(HOLD, fate, "<@U0ADA>" if fate.by else "", Links()) for word, fate in FATES.items()
    }
    for word, message in drawn.items():
        valid_blocks(message.blocks)
        assert "Approve" not in text_of(list(message.blocks))
        assert ("Open in CircleCI" in text_of(list(message.blocks))) is (word in {"expired", "lost"})
    assert len({message.text for message in drawn.values()}) == len(FATES)
    golden("hold_decided", {word: list(message.blocks) for word, message in drawn.items()})


def test_several_holds_in_one_message_each_stand_for_themselves(valid_blocks: Check) -> None:
    approved = hold_blocks.decided(HOLD, FATES["approved"], "Grace", Links())
    production = replace(HOLD, job=a_hold(2, "approve-production"))
    together = hold_blocks.together([approved, hold_blocks.waits(production, Links())])
    valid_blocks(together.blocks)
    shown = text_of(list(together.blocks))
    assert "was approved by Grace" in shown
    assert "Approve production" in shown
    assert "Approve staging" not in shown
    assert together.text == f"{approved.text}\n{hold_blocks.waits(production, Links()).text}", (
        "a notification names both"
    )


def test_the_worst_that_circleci_may_send_still_fits(valid_blocks: Check) -> None:
    workflow, job = a_workflow(1, NASTY, "on_hold", ended=False), a_hold(1, NASTY)
    worst = Hold(a_snapshot((workflow, (job,)), pipeline=a_pipeline(branch=NASTY)), WEB, workflow, job)
    gone = Hold(a_snapshot(), WEB, Workflow(id="w"), Job(id="j"))
    said = [hold_blocks.waits(worst, Links()), hold_blocks.decided(gone, LOST, "", Links())]
    for message in (*said, hold_blocks.together(said * 30)):
        valid_blocks(message.blocks)
    assert "<!channel>" not in said[0].text
