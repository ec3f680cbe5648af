"""A card for every class of outcome: what stands in the channel when a rule that asks for it has heard it."""

from __future__ import annotations

from typing import Any

from bot.blocks.card_blocks import CardContext, render_card
from bot.circleci.deploys_ahead import DeployAhead
from bot.circleci.links import Links
from bot.circleci.models import Job, PipelineError
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import Snapshot
from bot.messages import AuditEntry
from bot.rules.kinds import OUTCOME_KINDS
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, WEB, make_hold, make_job, make_pipeline, make_snapshot, make_workflow

WRONG = [PipelineError(type="config", message="Cannot find a job named <build>")]


def _run(status: str, *jobs: Job, ended: bool = True) -> Snapshot:
    return make_snapshot((make_workflow(1, "build", status, ended=ended), jobs))


def _rerun(first: str, then: str) -> Snapshot:
    """A rerun is a workflow of its own: CircleCI keeps the first one as it ended."""
    begun = [make_workflow(number, "build", status) for number, status in ((1, first), (2, then))]
    later = begun[1].model_copy(update={"created_at": begun[0].stopped_at})
    return make_snapshot((begun[0], (make_job(1, "test", first),)), (later, (make_job(2, "test", then),)))


def _deploy(state: str, **more: Any) -> Snapshot:
    """One that is over, and one that is still to come."""
    over = PipelineRelease(
        id="r1", state=state, component="web", environment="production", version="1.0.14", ended_at=NOW, **more
    )
    known = {"component": "api", "environment": "asia", "version": "1.0.14"}
    coming = PipelineRelease(id="r2", state="pending", created_at=NOW, **known)
    return PASSED.model_copy(update={"releases": (over, coming)})


FAILED = _run("failed", make_job(1, "lint", "success"), make_job(2, "test", "failed"))
PASSED = _run("success", make_job(1, "test", "success"))

HOLD = make_hold(2, "ship")
AHEAD = tuple(
    DeployAhead(hold=HOLD.id, component="web", environment=f"eu-{number}", runs="1.0.2" if number else "", brings="2")
    for number in range(7)
)

CARDS = {
    "passed": PASSED,
    "failed": FAILED,
    "broke": FAILED,
    "recovered": PASSED,
    "still-failing": _rerun("failed", "failed"),
    "newly-failing": _run("failed", make_job(1, "lint", "failed"), make_job(2, "test", "success")),
    "flaky": _rerun("failed", "success"),
    "slow": PASSED,
    "started": _run("running", make_job(1, "test", "running", stopped_at=None), ended=False),
    "on-hold": _run("on_hold", make_job(1, "test", "success"), HOLD, ended=False).model_copy(update={"ahead": AHEAD}),
    "canceled": _run("canceled", make_job(1, "test", "canceled")),
    "errored-config": make_snapshot(pipeline=make_pipeline(state="errored", errors=WRONG)),
    "unauthorized": _run("unauthorized", make_job(1, "deploy", "unauthorized")),
    "not-run": _run("not_run"),
    "empty": make_snapshot(),
    "deployed": _deploy("success"),
    "promoted": _deploy("success", promoted_from="staging"),
    "deploy-failed": _deploy("failed", reason="<deploy> failed"),
    "validation-failed": _deploy("failed", was_validated=True, reason="Validation failed"),
    "rolled-back": _deploy("success", is_rollback=True, replaced="1.0.15"),
}
"""What an outcome means for its branch (broke, slow …) stands in the card's thread: the card shows its pipeline."""


def test_every_class_of_outcome_has_a_card(golden: Check, valid_blocks: Check) -> None:
    assert set(CARDS) == set(OUTCOME_KINDS)
    drawn = {name: render_card(one, CardContext(WEB, Links())) for name, one in CARDS.items()}
    for message in drawn.values():
        valid_blocks(message.blocks)
    golden("cards", {name: {"text": message.text, "blocks": list(message.blocks)} for name, message in drawn.items()})


def test_a_card_says_what_became_of_its_setup_and_what_cannot_be_read() -> None:
    setup = (make_workflow(9, "setup", "success", tag="setup"), ())
    refused = render_card(
        make_snapshot(setup, pipeline=make_pipeline(state="errored", errors=WRONG)), CardContext(WEB, Links())
    )
    assert refused.text.endswith("config error")
    assert "CircleCI refused what the setup workflow made" in get_text(list(refused.blocks))
    nothing = render_card(make_snapshot(setup), CardContext(WEB, Links()))
    assert nothing.text.endswith("nothing to run")
    assert "success" in get_text(list(nothing.blocks))
    partly = render_card(PASSED.model_copy(update={"left_out": 2}), CardContext(WEB, Links()))
    assert "2 things from CircleCI that I cannot read are left out." in get_text(list(partly.blocks))


def test_who_reran_it_is_said_once() -> None:
    snapshot = _rerun("failed", "failed")
    first, later = snapshot.workflows
    by_ada = later.model_copy(update={"workflow": later.workflow.model_copy(update={"started_by": "id-ada"})})
    snapshot = snapshot.model_copy(update={"workflows": (first, by_ada), "names": {"id-ada": "Ada"}})
    done = AuditEntry(snapshot.pipeline.id, "T1", "U1", "Rerun from failed (`build`)", NOW)
    alone = get_text({"blocks": render_card(snapshot, CardContext(WEB, Links())).blocks})
    assert "rerun by Ada" in alone
    told = get_text({"blocks": render_card(snapshot, CardContext(WEB, Links(), entries=[done])).blocks})
    assert "<@U1> reran `build` from failed" in told
    assert "rerun by Ada" not in told
