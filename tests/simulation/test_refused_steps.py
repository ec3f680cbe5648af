"""The model of posting refuses what a bot does that lacks one of its safeguards: so it can see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.plan import Fault, Plan, draw_plan
from tests.simulation.run import run_plan
from tests.simulation.safeguards import ABLATIONS

REFUSED_WITHIN = 60
"""Worlds (docs/delivery.md)."""


@pytest.mark.parametrize(
    "safeguard",
    [
        "look back before repeating",
        "remember an attempt whose end is unknown",
        "check the lease before the post, and cut it off at its end",
        "claim for a time",
    ],
)
def test_the_steps_of_a_bot_without_a_safeguard_are_refused(safeguard: str) -> None:
    stories = (run_plan(_draw_unwritten(seed), ABLATIONS[safeguard]) for seed in range(REFUSED_WITHIN))
    assert any(problem.startswith("line ") for story in stories for problem in story.problems)


def _draw_unwritten(seed: int) -> Plan:
    """A world in which a process cannot write down what Slack answered first."""
    plan = draw_plan(seed)
    away = Fault(0.0, 60.0, "no database", point="after answer")
    return replace(plan, faults=(*plan.faults, away), readable=True)
