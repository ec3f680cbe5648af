from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import hold_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.deploys_ahead import DeployAhead
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


def test_what_a_hold_lets_through_is_said_with_what_is_new_there(golden: Check, valid_blocks: Check) -> None:
    place: dict[str, Any] = {"hold": STAGING.id, "environment": "staging", "component": "web"}
    runs = place | {"runs": "1.0.12", "number": 340, "revision": "f" * 40, "pushers": [f"dev{one}" for one in range(7)]}
    told = {
        "with pushes": DeployAhead(**runs),
        "planned": DeployAhead(**place, brings="1.0.13"),
        "newer": DeployAhead(**runs | {"number": 342, "component": "<!channel>", "runs": NASTY}),
        "the same": DeployAhead(**runs | {"pipeline_id": SNAPSHOT.pipeline.id}),
        "of another hold": DeployAhead(**runs | {"hold": "x"}),
        "only meant": DeployAhead(hold=STAGING.id, environment="staging"),
    }
    drawn = {
        name: hold_blocks.render_waiting(
            replace(HOLD, snapshot=SNAPSHOT.model_copy(update={"ahead": (one,)})), Links()
        ).blocks
        for name, one in told.items()
    }
    every = replace(HOLD, snapshot=SNAPSHOT.model_copy(update={"ahead": (*told.values(), *told.values())}))
    valid_blocks(hold_blocks.render_waiting(every, Links()).blocks)
    plain = hold_blocks.render_waiting(HOLD, Links()).blocks
    assert drawn["of another hold"] == drawn["only meant"] == plain
    shown = {name: blocks[0]["text"]["text"].split("\n")[2:] for name, blocks in drawn.items()}
    assert "dev4 and 2 more" in shown["with pushes"][1]
    golden("hold_ahead", shown)


def test_the_worst_that_circleci_may_send_still_fits(valid_blocks: Check) -> None:
    workflow, job = make_workflow(1, NASTY, "on_hold", ended=False), make_hold(1, NASTY)
    worst = Hold(make_snapshot((workflow, (job,)), pipeline=make_pipeline(branch=NASTY)), WEB, workflow, job)
    gone = Hold(make_snapshot(), WEB, Workflow(id="w"), Job(id="j"))
    said = [hold_blocks.render_waiting(worst, Links()), hold_blocks.render_resolution(gone, LOST, "", links=Links())]
    for message in (*said, hold_blocks.merge_messages(said * 30)):
        valid_blocks(message.blocks)
    assert "<!channel>" not in said[0].text
