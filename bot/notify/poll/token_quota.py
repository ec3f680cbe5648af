"""A token that may read, and a project's fair share of what CircleCI lets it do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.circleci.budget import Budget
from bot.circleci.client import CircleCI
from bot.domain.people import Account, Person

_KEPT_FOR_PEOPLE = 0.2
"""The part of a person's limit that polling leaves to the person: a fifth."""

_REQUESTS_A_PIPELINE = 4
"""To read a pipeline: itself, its workflows, and the jobs of those that move (bot/circleci/fetch_snapshot.py)."""


@dataclass(frozen=True, slots=True)
class PollToken:
    """A token that may read. `owner` is a workspace and a user, both empty for the service account."""

    owner: Person
    account: Account | None
    circleci: CircleCI

    @property
    def reserved_share(self) -> float:
        return _KEPT_FOR_PEOPLE if self.account else 0.0


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """The operator's own token (CIRCLECI_TOKEN). It reads for these workspaces; None: for every one."""

    token: str
    workspaces: frozenset[str] | None = None

    def serves(self, workspace: str) -> bool:
        return self.workspaces is None or workspace in self.workspaces


@dataclass(frozen=True, slots=True)
class TokenQuota:
    """How many requests may be made in the next `left_s` seconds; at least one, so that nobody starves."""

    requests: int
    left_s: float

    @classmethod
    def from_budget(cls, budget: Budget, *, kept: float, others: Collection[float], now: datetime) -> TokenQuota | None:
        """What is left when the `others` that the token reads have what they want, or as much as this one.

        `others` are requests a second, e.g. 1/360 for a listing every six minutes. None when the budget's time is over.
        """
        left_s = budget.count_seconds_left(now)
        if left_s <= 0:
            return None
        a_second = budget.get_spare(kept) / left_s
        return cls(max(1, int(left_s * _share_equally(a_second, others))), left_s)

    @property
    def pipelines(self) -> int:
        """How many pipelines may be read with it, at least one."""
        return max(1, self.requests // _REQUESTS_A_PIPELINE)

    def get_wait(self, pipelines: int) -> timedelta:
        """How long to pause after a listing and that many pipelines, so that what is left lasts until the reset."""
        return timedelta(seconds=min(self.left_s, self.left_s * count_requests(pipelines) / self.requests))


def count_requests(pipelines: int) -> int:
    """The requests of a listing and that many pipelines."""
    return 1 + pipelines * _REQUESTS_A_PIPELINE


def _share_equally(left: float, others: Collection[float]) -> float:
    """Who wants less than an equal part gets what they want; the rest is shared equally, with us among them."""
    spare = left - sum(others)
    if spare >= max(others, default=0.0):
        return spare
    for index, other in enumerate(sorted(others)):
        equal = left / (len(others) - index + 1)
        if other >= equal:
            return equal
        left -= other
    return left
