from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.unmatched_workflows import UnmatchedWorkflows, find_unmatched

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _ran(**days_ago: float) -> dict[str, datetime]:
    return {name.replace("_", "-"): NOW - timedelta(days=days) for name, days in days_ago.items()}


@pytest.mark.parametrize(
    ("ran", "why"),
    [
        ({}, "nothing ever ran"),
        (_ran(build=15), "nothing ran lately"),
        (_ran(build=1, deploy_prod=13), "it means something that ran"),
    ],
)
def test_silence_that_is_no_mistake(ran: dict[str, datetime], why: str) -> None:
    assert find_unmatched(["deploy-*"], ran, NOW) is None, why


def test_what_ran_is_named_and_what_looks_most_like_the_pattern() -> None:
    found = find_unmatched(["deplyo"], _ran(build=1, deploy=2, lint=20), NOW)
    assert found == UnmatchedWorkflows(recent=("build", "deploy"), closest="deploy", last_at=None)


def test_a_workflow_that_ran_long_ago_was_no_typo() -> None:
    found = find_unmatched(["nightly"], _ran(build=1, nightly=30), NOW)
    assert found == UnmatchedWorkflows(recent=("build",), closest=None, last_at=NOW - timedelta(days=30))


def test_one_of_several_patterns_is_enough() -> None:
    assert find_unmatched(["typo", "build"], _ran(build=1), NOW) is None


def test_of_many_workflows_some_are_named() -> None:
    found = find_unmatched(["x"], {f"w{number}": NOW for number in range(50)}, NOW)
    assert found is not None
    assert len(found.recent) == 8
