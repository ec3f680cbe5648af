"""A project's fair share of what CircleCI lets a token do. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.circleci.budget import Budget

_REQUESTS_A_PIPELINE = 4
"""To read a pipeline: itself, its workflows, and the jobs of those that move (circleci/snapshot.py)."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many requests in so many seconds; at least one, so that nobody starves."""

    requests: int
    left_s: float

    @classmethod
    def of(cls, budget: Budget, *, kept: float, others: Iterable[float], now: datetime) -> Share | None:
        """What is left when the `others` that the token reads have what they want, or as much as this one.

        They want so many requests a second. None when the budget says nothing any more.
        """
        left_s = budget.left_s(now)
        if left_s <= 0:
            return None
        a_second = budget.spare(kept) / left_s
        return cls(max(1, int(left_s * _level(a_second, sorted(others)))), left_s)

    @property
    def pipelines(self) -> int:
        """How many pipelines may be read with it, at least one."""
        return max(1, self.requests // _REQUESTS_A_PIPELINE)

    def wait(self, pipelines: int) -> timedelta:
        """How long to pause after a listing and so many pipelines, so that what is left lasts until the reset."""
        return timedelta(seconds=min(self.left_s, self.left_s * spent(pipelines) / self.requests))


def spent(pipelines: int) -> int:
    """The requests of a listing and so many pipelines."""
    return 1 + pipelines * _REQUESTS_A_PIPELINE


def _level(left: float, others: list[float]) -> float:
    """Whoever wants less than an equal part gets what they want; the rest is shared equally, with us among them."""
    for index, other in enumerate(others):
        equal = left / (len(others) - index + 1)
        if other >= equal:
            return equal
        left -= other
    return left
