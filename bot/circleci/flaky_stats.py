"""What insights know of tests: which of them are flaky, and how often those failed lately."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.insights_api import InsightsScope
from bot.circleci.models import TestKey
from bot.domain import ProjectSlug
from bot.errors import CircleCIError

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FlakyStats:
    """Of a flaky test. Facts: "Insights"; CircleCI's document says what each counts.

    `flaked` is how often it passed and failed on one commit in two weeks; `failed_runs` of `total_runs` is how it
    fared in the ten latest runs of its workflow, over all branches and jobs (0 of 0: not told).
    """

    flaked: int = 0
    failed_runs: int = 0
    total_runs: int = 0


async def fetch_flaky_stats(circleci: CircleCI, project: ProjectSlug, workflow: str) -> Mapping[TestKey, FlakyStats]:
    """Of the project's flaky tests. Two requests; never fails: a Server without insights knows no flaky test."""
    flaky, metrics = await asyncio.gather(
        _fetch_or_none(circleci.list_flaky_tests, project),
        _fetch_or_none(circleci.fetch_test_metrics, project, workflow, InsightsScope(all_branches=True)),
    )
    flaked: Counter[TestKey] = Counter()
    for test in flaky or ():
        flaked[test.classname, test.test_name] += test.times_flaked
    failed: Counter[TestKey] = Counter()
    ran: Counter[TestKey] = Counter()
    known = set(flaked)
    for measured in metrics.most_failed_tests if metrics else ():
        key = measured.classname, measured.test_name
        failed[key] += measured.failed_runs
        ran[key] += measured.total_runs
        known |= {key} if measured.flaky else set()
    return {key: FlakyStats(flaked[key], failed[key], ran[key]) for key in known}


async def _fetch_or_none(fetch: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T | None:
    try:
        return await fetch(*args, **kwargs)
    except CircleCIError:
        return None
