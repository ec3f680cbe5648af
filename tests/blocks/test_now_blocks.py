from __future__ import annotations

from bot.blocks import now_blocks
from bot.circleci.failure_kinds import Verdict
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from tests.blocks.test_home_blocks import RUNNING as DEPLOYS
from tests.plugins.block_kit import Check
from tests.plugins.each_case import each_case
from tests.plugins.factories import WEB, make_hold, make_job, make_pipeline, make_snapshot, make_workflow

PASSED, FAILED = make_job(1, "lint", "success"), make_job(2, "test", "failed")
RUNNING = make_job(3, "deploy", "running")


def _snap(*runs: tuple) -> Snapshot:
    return make_snapshot(*runs, pipeline=make_pipeline(341, "main"))


RED = _snap((make_workflow(1, "build", "failed"), (PASSED, FAILED)))
VAIN = RED.model_copy(update={"verdicts": {RED.workflows[0].workflow.id: Verdict(rerun=False, why="")}})
HELD = _snap((make_workflow(1, "ship", "on_hold", ended=False), (PASSED, make_hold(4, "approve-staging"))))
TWO = _snap(
    (make_workflow(1, "ship", "on_hold", ended=False), (make_hold(4, "approve-eu"), make_hold(5, "approve-us")))
)
MOVING = _snap((make_workflow(1, "build", "running", ended=False), (PASSED, RUNNING)))
GREEN = _snap((make_workflow(1, "build", "success"), (PASSED,)))
NOTHING = _snap()


@each_case(
    ("snapshot", "labels", "primary"),
    [
        (RED, ["Rerun from Failed", "Show Why It Failed", "Show Log", "Show Pipeline"], 1),
        (VAIN, ["Show Why It Failed", "Show Log", "Show Pipeline", ["Rerun from failed"]], 1),
        (HELD, ["Approve staging", "Cancel Workflow", "Show Pipeline"], 1),
        (TWO, ["Approve eu", "Approve us", "Cancel Workflow", "Show Pipeline"], 0),
        (MOVING, ["Cancel Workflow", "Show Pipeline"], 0),
        (GREEN, ["Show Artifacts", "Trigger Again…", "Show Pipeline"], 0),
        (NOTHING, ["Show Pipeline"], 0),
    ],
)
def test_what_applies_now_has_a_button_and_one_at_most_is_the_main_one(
    snapshot: Snapshot, labels: list[str | list[str]], primary: int
) -> None:
    row = now_blocks.render_pipeline(snapshot, WEB, Links()).blocks[-1]["elements"]
    shown = [one.get("text") or [choice["text"] for choice in one["options"]] for one in row]
    assert [[each["text"] for each in one] if isinstance(one, list) else one["text"] for one in shown] == labels
    assert [one.get("style") for one in row].count("primary") == primary


def test_how_it_looks(golden: Check, valid_blocks: Check) -> None:
    shown = now_blocks.render_pipeline(RED, WEB, Links())
    drawn = {
        "now_red": shown,
        "now_channel": now_blocks.render_channel(shown, WEB, DEPLOYS, Links()),
        "now_empty_channel": now_blocks.render_channel(None, WEB, [], Links()),
        "now_without_project": now_blocks.render_without_project(),
        "now_unconnected": now_blocks.render_unconnected(),
    }
    for name, message in drawn.items():
        valid_blocks(list(message.blocks))
        golden(name, list(message.blocks))
