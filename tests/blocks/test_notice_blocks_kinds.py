from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.blocks import deploy_notice_blocks, notice_blocks
from bot.circleci.explanation import NOTHING_KNOWN
from bot.circleci.links import Links
from bot.circleci.models import PipelineError
from bot.circleci.snapshot import Snapshot
from bot.domain import Deploy, Outcome
from bot.rules.kinds import OUTCOME_KINDS
from tests.plugins.block_kit import Check
from tests.plugins.factories import NOW, WEB, make_hold, make_id, make_pipeline, make_snapshot, make_workflow

FAILED = Outcome(
    key="k", kind="failed", status="failed", project=WEB, pipeline_id=make_id(341), pipeline_number=341,
    workflow="build", workflow_id=make_id(1001), branch="main", tag=None, happened_at=NOW, busy_s=300.0,
)  # fmt: skip
PASSED = replace(FAILED, kind="passed", status="success")
DEPLOY = Deploy("api", "production", "1.0.14", replaced="1.0.13")
NO_WORKFLOW = replace(FAILED, workflow="", workflow_id=None)


def _of(outcome: Outcome, *classes: str, **more: Any) -> Outcome:
    return replace(outcome, classes=frozenset(classes), **more)


TOLD = {
    "passed": PASSED,
    "failed": FAILED,
    "broke": _of(FAILED, "broke", "newly-failing", streak=1),
    "recovered": _of(PASSED, "recovered"),
    "still-failing": _of(FAILED, "still-failing", streak=4),
    "newly-failing": _of(FAILED, "still-failing", "newly-failing", streak=2),
    "flaky": _of(PASSED, "flaky", "recovered"),
    "slow": _of(PASSED, "slow", slowdown=2.0),
    "started": replace(FAILED, kind="started", status="running"),
    "on-hold": replace(FAILED, key=f"w:hold:{make_id(2001)}", kind="on-hold", status="on_hold"),
    "canceled": replace(FAILED, kind="canceled", status="canceled"),
    "errored-config": replace(NO_WORKFLOW, kind="errored-config", status="errored"),
    "unauthorized": replace(FAILED, kind="unauthorized", status="unauthorized"),
    "not-run": replace(FAILED, kind="not-run", status="not_run"),
    "empty": replace(NO_WORKFLOW, kind="empty", status="created"),
    "deployed": replace(FAILED, kind="deployed", deploy=DEPLOY),
    "promoted": _of(FAILED, "promoted", kind="deployed", deploy=replace(DEPLOY, promoted_from="staging")),
    "deploy-failed": replace(FAILED, kind="deploy-failed", deploy=replace(DEPLOY, reason="<deploy> failed")),
    "validation-failed": _of(
        FAILED, "validation-failed", kind="deploy-failed", deploy=replace(DEPLOY, reason="Validation failed: 5%")
    ),
    "rolled-back": replace(
        NO_WORKFLOW, kind="rolled-back", deploy=replace(DEPLOY, version="1.0.13", replaced="1.0.14", is_rollback=True)
    ),
}


def test_every_kind_of_outcome_has_a_notice_of_its_own(golden: Check, valid_blocks: Check) -> None:
    assert set(TOLD) == set(OUTCOME_KINDS)
    assert all(name in outcome.filter_words for name, outcome in TOLD.items())
    drawn = {
        name: notice_blocks.render(outcome, _snapshot(name), NOTHING_KNOWN, links=Links())
        for name, outcome in TOLD.items()
    }
    for message in drawn.values():
        valid_blocks(message.blocks)
    assert len({message.text for message in drawn.values()}) == len(TOLD)
    golden("notices", {name: list(message.blocks) for name, message in drawn.items()})


def test_whoever_started_it_reads_first_that_their_change_is_there(golden: Check, valid_blocks: Check) -> None:
    drawn = {}
    for name in ("promoted", "validation-failed", "rolled-back"):
        outcome = replace(TOLD[name], actor="ada")
        assert outcome.deploy
        message = deploy_notice_blocks.render_own(outcome, outcome.deploy, make_snapshot(), links=Links())
        valid_blocks(message.blocks)
        drawn[name] = list(message.blocks)
    golden("own_deploys", drawn)


def _snapshot(name: str) -> Snapshot:
    if name == "errored-config":
        wrong = PipelineError(type="config", message="Cannot find a job named <build>")
        return make_snapshot(pipeline=make_pipeline(state="errored", errors=[wrong]))
    return make_snapshot((make_workflow(1, "build", "on_hold", ended=False), (make_hold(1, "ship"),)))
