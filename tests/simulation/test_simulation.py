"""Whatever goes wrong between several processes, their database, Slack and CircleCI: everything is said, and once.

`make simulate SEEDS=100000` runs more of the same. A seed that fails prints its story; it becomes a test of its own, in
words, where the code is mended.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.campaign import load_migrated_database, run_seeds
from tests.simulation.plan import Fault, Plan, draw_plan
from tests.simulation.run import run_plan, shrink
from tests.simulation.safeguards import ABLATIONS, BOTH_COVERED, COVERED, WHOLE, Ablation

SEEDS = int(os.environ.get("CIRCLEBOT_SEEDS", "150"))
FOUND_WITHIN = 60
"""So many seeds are enough to find that a safeguard is missing (docs/delivery.md)."""


def test_whatever_a_seed_brings_everything_is_said_and_once() -> None:
    found = run_seeds(range(SEEDS))
    assert not found.failures, "\n\n".join(found.failures)
    assert len(found.schedules) == SEEDS
    assert found.met.keys() >= {"kill", "stop", "freeze", "no database", "lost commits", "slack", "circleci"}


@pytest.mark.parametrize(("safeguard", "ablation"), [*ABLATIONS.items(), *BOTH_COVERED.items()])
def test_without_one_safeguard_something_is_lost_or_said_twice(safeguard: str, ablation: Ablation) -> None:
    assert find_first_failure(ablation) is not None
    assert f"\n| {safeguard}" in Path("docs/delivery.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("ablation", COVERED.values(), ids=COVERED)
def test_what_another_safeguard_covers_can_go_alone(ablation: Ablation) -> None:
    assert not any(run_plan(draw_plan(seed), load_migrated_database(), ablation).problems for seed in range(20))


def test_an_answer_that_cannot_be_written_down_at_once_is_written_when_the_database_is_back() -> None:
    """Seed 45: the process lives and knows the answer, so nothing is said again where nobody can look back."""
    away = Fault(0.0, 3.0, "no database", point="after answer")
    plan = replace(draw_plan(0), faults=(away,), skews_s=(0.0,), readable=False)
    story = run_plan(plan, load_migrated_database())
    assert not story.problems
    shown = [event.partition("Slack shows ")[2] for event in story.events if "Slack shows " in event]
    assert len(set(shown)) == len(shown)


def test_a_seed_means_the_same_each_time() -> None:
    plan = next(plan for plan in map(draw_plan, range(100)) if len(plan.faults) > 3)
    first, again = (run_plan(plan, load_migrated_database()) for _ in range(2))
    assert first.events == again.events


def test_what_fails_is_told_with_as_little_as_still_fails() -> None:
    ablation = ABLATIONS["look back before repeating"]
    seed = find_first_failure(ablation)
    assert seed is not None

    def fails(plan: object) -> bool:
        return bool(run_plan(plan, load_migrated_database(), ablation).problems)

    plan = draw_plan(seed)
    smallest = shrink(plan, fails)
    assert fails(smallest)
    assert 1 <= len(smallest.faults) <= len(plan.faults)
    assert not any(fails(replace(smallest, faults=_leave_out(smallest, fault))) for fault in smallest.faults)
    story = str(run_plan(smallest, load_migrated_database(), ablation))
    assert f"seed {seed}" in story
    assert "WRONG" in story


def _leave_out(plan: Plan, fault: Fault) -> tuple[Fault, ...]:
    return tuple(one for one in plan.faults if one is not fault)


def find_first_failure(ablation: Ablation = WHOLE) -> int | None:
    """The first seed that fails, of those that have to be enough."""
    database = load_migrated_database()
    return next((seed for seed in range(FOUND_WITHIN) if run_plan(draw_plan(seed), database, ablation).problems), None)
