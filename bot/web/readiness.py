"""What readiness means: the database is at this release, Slack reaches us, and the loops turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.circleci.token_load import Load
from bot.clock import Clock
from bot.metrics import Hour, Readings
from bot.store.store import Store
from bot.store.token_usage import Spent
from bot.web.health_endpoint import Check

_WORKSPACES = 20
"""Of so many there are numbers, of all others together: each is a series of Prometheus'."""


class Connection(Protocol):
    """Socket Mode."""

    async def connected(self) -> bool: ...


class Turning(Protocol):
    """A loop that runs in this process."""

    @property
    def name(self) -> str: ...

    def fresh(self) -> bool: ...


def checks(*, store: Store, socket: Connection | None, loops: Iterable[Turning]) -> dict[str, Check]:
    """By name. Over HTTP there is no connection to look at, and a process checks only the loops that it runs."""

    async def database() -> str | None:
        return None if await store.at_head() else "the database is not at this release: run `circlebot migrate`"

    async def slack() -> str | None:
        return None if socket is None or await socket.connected() else "no Socket Mode connection is open"

    return {"database": database, "slack": slack, **{loop.name: _turning(loop) for loop in loops}}


def _turning(loop: Turning) -> Check:
    async def turning() -> str | None:
        return None if loop.fresh() else "has not turned well for a while"

    return turning


async def readings(*, store: Store, socket: Connection | None, clock: Clock) -> Readings:
    """The numbers of a scrape, counted by the database that all replicas share."""
    async with store.read() as tx:
        backlog = await tx.outbox.backlog()
        due_at = await tx.watches.first_due_at()
        spent = await tx.spending.of_the_last_hour(clock.now())
        hooks, trusted = await tx.hooks.counted()
    connected = socket is None or await socket.connected()
    return Readings(
        outbox_backlog=backlog,
        poll_lag_s=max(0.0, (clock.now() - due_at).total_seconds()) if due_at else 0.0,
        slack_connected=connected,
        webhooks_trusted=trusted,
        webhooks_untrusted=hooks - trusted,
        hours=_hours(spent),
    )


def _hours(spent: Sequence[Spent]) -> dict[str, Hour]:
    """The busiest workspaces each, the rest as one."""
    loads: dict[str, list[Load]] = {}
    for one in spent:
        workspace = one.payer.workspace or "service"
        known = workspace in loads or len(loads) < _WORKSPACES
        loads.setdefault(workspace if known else "others", []).append(Load(one.requests, one.an_hour))
    return {
        workspace: Hour(
            sum(load.requests for load in theirs),
            sum(load.an_hour for load in theirs),
            max(load.part for load in theirs),
        )
        for workspace, theirs in loads.items()
    }
