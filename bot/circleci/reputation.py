"""What insights know of tests: which of them are flaky."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.circleci.client import CircleCI
from bot.circleci.models import TestKey
from bot.domain import ProjectSlug
from bot.errors import CircleCIError


@dataclass(frozen=True, slots=True)
class Reputation:
    """`flaked` is how often it passed and failed on one commit in two weeks (CircleCI docs: API v2, Insights)."""

    flaked: int = 0


async def reputations(circleci: CircleCI, project: ProjectSlug) -> Mapping[TestKey, Reputation]:
    """Of the project's flaky tests. Never fails: a Server without insights knows no flaky test."""
    try:
        flaky = await circleci.flaky_tests(project)
    except CircleCIError:
        return {}
    flaked: Counter[TestKey] = Counter()
    for test in flaky:
        flaked[test.classname, test.test_name] += test.times_flaked
    return {key: Reputation(times) for key, times in flaked.items()}
