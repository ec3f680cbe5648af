"""What readiness means: the database is at this release, Slack reaches us, and the loops turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.circleci.token_load import HourlyLoad
from bot.clock import Clock
from bot.metrics import HourlyUsage, LoopAge, Readings
from bot.store.store import Store
from bot.store.token_usage import TokenUsage
from bot.web.health_endpoint import Check

_WORKSPACES = 20
"""How many have a series of their own in Prometheus; all others share one."""


class SlackConnection(Protocol):
    """Socket Mode."""

    async def is_connected(self) -> bool: ...


class RunningLoop(Protocol):
    """A loop that runs in this process."""

    @property
    def name(self) -> str: ...

    @property
    def rest_s(self) -> float: ...

    def is_fresh(self) -> bool: ...

    def get_age_s(self) -> float | None: ...


def build_checks(*, store: Store, socket: SlackConnection | None, loops: Iterable[RunningLoop]) -> dict[str, Check]:
    """By name. Over HTTP there is no connection to look at, and a process checks only the loops that it runs."""

    async def database() -> str | None:
        return None if await store.is_at_head() else "the database is not at this release: run `circlebot migrate`"

    async def slack() -> str | None:
        return None if socket is None or await socket.is_connected() else "no Socket Mode connection is open"

    return {"database": database, "slack": slack, **{loop.name: _build_loop_check(loop) for loop in loops}}


def _build_loop_check(loop: RunningLoop) -> Check:
    async def turning() -> str | None:
        return None if loop.is_fresh() else "has not turned well for a while"

    return turning


async def load_readings(
    *, store: Store, socket: SlackConnection | None, clock: Clock, loops: Iterable[RunningLoop] = ()
) -> Readings:
    """The numbers of a scrape, counted by the database that all replicas share, and how the loops here turn."""
    async with store.begin_read() as tx:
        backlog = await tx.backlog.load(clock.now())
        due_at = await tx.polled_projects.find_first_due_at()
        spent = await tx.token_usage.list_last_hour(clock.now())
        hooks, trusted = await tx.hooks.count()
    now = clock.now()
    return Readings(
        outbox_backlog=backlog.notices,
        outbox_oldest_s=_get_age_s(backlog.oldest_notice_at, now),
        cards_outdated=backlog.outdated_cards,
        cards_oldest_s=_get_age_s(backlog.oldest_card_at, now),
        poll_lag_s=_get_age_s(due_at, now),
        slack_connected=socket is None or await socket.is_connected(),
        webhooks_trusted=trusted,
        webhooks_untrusted=hooks - trusted,
        hours=_sum_hours(spent),
        loops={loop.name: LoopAge(age_s, loop.rest_s) for loop in loops if (age_s := loop.get_age_s()) is not None},
    )


def _get_age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _sum_hours(spent: Sequence[TokenUsage]) -> dict[str, HourlyUsage]:
    """The busiest workspaces each, the rest as one."""
    loads: dict[str, list[HourlyLoad]] = {}
    for one in spent:
        workspace = one.owner.workspace or "service"
        known = workspace in loads or len(loads) < _WORKSPACES
        loads.setdefault(workspace if known else "others", []).append(HourlyLoad(one.requests, one.an_hour))
    return {
        workspace: HourlyUsage(
            sum(load.requests for load in theirs),
            sum(load.hourly_limit for load in theirs),
            max(load.used_share for load in theirs),
        )
        for workspace, theirs in loads.items()
    }
