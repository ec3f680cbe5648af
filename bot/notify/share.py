"""A project's fair share of what CircleCI lets a token do. Pure."""

from __future__ import annotations

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
    def of(cls, budget: Budget, *, kept: float, sharers: int, now: datetime) -> Share | None:
        """An equal part for each of those whom the token reads; None when the budget says nothing any more."""
        left_s = budget.left_s(now)
        return cls(max(1, budget.spare(kept) // sharers), left_s) if left_s > 0 else None

    @property
    def pipelines(self) -> int:
        """How many pipelines may be read with it, at least one."""
        return max(1, self.requests // _REQUESTS_A_PIPELINE)

    def wait(self, pipelines: int) -> timedelta:
        """How long to pause after a listing and so many pipelines, so that what is left lasts until the reset."""
        spent = 1 + pipelines * _REQUESTS_A_PIPELINE
        return timedelta(seconds=min(self.left_s, self.left_s * spent / self.requests))
