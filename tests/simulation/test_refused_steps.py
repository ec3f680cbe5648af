"""The model of posting refuses what a bot does that lacks one of its safeguards: so it can see."""

from __future__ import annotations

import pytest

from tests.simulation.plan import LARGE
from tests.simulation.safeguards import ABLATIONS
from tests.simulation.seeds import run_seed

REFUSED_WITHIN = 60
"""Large worlds (docs/delivery.md)."""


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
    stories = (run_seed(seed, ABLATIONS[safeguard], LARGE) for seed in range(REFUSED_WITHIN))
    assert any(problem.startswith("line ") for story in stories for problem in story.problems)
