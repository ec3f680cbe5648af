"""A card for every class of outcome: what stands in the channel when a rule that asks for it has heard it."""

from __future__ import annotations

from bot.blocks.card_blocks import card
from bot.circleci.links import Links
from bot.circleci.models import Job, PipelineError
from bot.circleci.snapshot import Snapshot
from bot.rules.kinds import OUTCOME_KINDS
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of
from tests.plugins.factories import WEB, a_hold, a_job, a_pipeline, a_snapshot, a_workflow

WRONG = [PipelineError(type="config", message="Cannot find a job named <build>")]


def _run(status: str, *jobs: Job, ended: bool = True) -> Snapshot:
    return a_snapshot((a_workflow(1, "build", status, ended=ended), jobs))


def _rerun(first: str, then: str) -> Snapshot:
    """A rerun is a workflow of its own: CircleCI keeps the first one as it ended."""
    begun = [a_workflow(number, "build", status) for number, status in ((1, first), (2, then))]
    later = begun[1].model_copy(update={"created_at": begun[0].stopped_at})
    return a_snapshot((begun[0], (a_job(1, "test", first),)), (later, (a_job(2, "test", then),)))


FAILED = _run("failed", a_job(1, "lint", "success"), a_job(2, "test", "failed"))
PASSED = _run("success", a_job(1, "test", "success"))

CARDS = {
    "passed": PASSED,
    "failed": FAILED,
    "broke": FAILED,
    "recovered": PASSED,
    "still-failing": _rerun("failed", "failed"),
    "newly-failing": _run("failed", a_job(1, "lint", "failed"), a_job(2, "test", "success")),
    "flaky": _rerun("failed", "success"),
    "slow": PASSED,
    "started": _run("running", a_job(1, "test", "running", stopped_at=None), ended=False),
    "on-hold": _run("on_hold", a_job(1, "test", "success"), a_hold(2, "ship"), ended=False),
    "canceled": _run("canceled", a_job(1, "test", "canceled")),
    "errored-config": a_snapshot(pipeline=a_pipeline(state="errored", errors=WRONG)),
    "unauthorized": _run("unauthorized", a_job(1, "deploy", "unauthorized")),
    "not-run": _run("not_run"),
    "empty": a_snapshot(),
}
"""What an outcome means for its branch (broke, slow …) stands in the card's thread: the card shows its pipeline."""


def test_every_class_of_outcome_has_a_card(golden: Check, valid_blocks: Check) -> None:
    assert set(CARDS) == set(OUTCOME_KINDS)
    drawn = {name: card(one, project=WEB, deeds=[], links=Links()) for name, one in CARDS.items()}
    for message in drawn.values():
        valid_blocks(message.blocks)
    golden("cards", {name: {"text": message.text, "blocks": list(message.blocks)} for name, message in drawn.items()})


def test_a_card_says_what_became_of_its_setup_and_what_cannot_be_read() -> None:
    setup = (a_workflow(9, "setup", "success", tag="setup"), ())
    refused = card(
        a_snapshot(setup, pipeline=a_pipeline(state="errored", errors=WRONG)), project=WEB, deeds=[], links=Links()
    )
    assert refused.text.endswith("config error")
    assert "CircleCI refused what the setup workflow made" in text_of(list(refused.blocks))
    nothing = card(a_snapshot(setup), project=WEB, deeds=[], links=Links())
    assert nothing.text.endswith("nothing to run")
    assert "success" in text_of(list(nothing.blocks))
    partly = card(PASSED.model_copy(update={"left_out": 2}), project=WEB, deeds=[], links=Links())
    assert "2 things from CircleCI that I cannot read are left out." in text_of(list(partly.blocks))
