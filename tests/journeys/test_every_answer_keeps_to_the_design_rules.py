"""Every command is asked in a lively world, and all that goes to Slack is read by the rules of its design guide."""

from __future__ import annotations

from tests.plugins.every_answer import ask_everything
from tests.plugins.slack_design import Surface, find_design_problems
from tests.plugins.world import Json, World

DEVIATIONS = {
    ("few_inputs", "8 inputs"): "a schedule is these eight facts, and CircleCI takes it with all or not at all",
    ("what_destroys_asks_first", "Cancel Workflow"): "the message is the question: it says what was understood",
    ("what_destroys_asks_first", "Cancel build-and-test"): "the same, of several workflows",
    ("what_destroys_asks_first", "Cancel deploy-preview"): "the same, of several workflows",
    ("what_destroys_asks_first", "Disconnect"): "of a misspelt line: it acts as the line does that stands above it",
    ("what_destroys_asks_first", "Remove Rule 1"): "the channel is told, with Undo",
}
"""What breaks a rule on purpose, and why."""


async def test_every_answer_keeps_to_the_design_rules(connected_world: World) -> None:
    problems = {
        (rule, said, _get_label(shown, "title") or str(shown.get("text"))[:80])
        for shown in await ask_everything(connected_world)
        for rule, said in find_design_problems(_build_surface(shown))
        if (rule, said) not in DEVIATIONS
    }
    assert not problems, "\n".join(map(" | ".join, sorted(problems)))


def _build_surface(shown: Json) -> Surface:
    return Surface(shown["type"], shown["blocks"], _get_label(shown, "title"), _get_label(shown, "submit"))


def _get_label(shown: Json, name: str) -> str:
    return (shown.get(name) or {}).get("text", "")
