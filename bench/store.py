"""12. What one look into the store costs, and one write, beside the same statement on the driver alone."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from bench.accounts import account, fill
from bench.databases import WITHOUT_POSTGRES, on_postgresql, on_sqlite
from bench.load import WORKSPACE, person
from bench.tables import Goal, Line, Table, at_most
from bench.timing import percentile_ms
from bot.domain import ProjectSlug
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key

TIMES = 500
_SPREAD = 7919
"""A prime: neighbours in time are no neighbours in the table."""
_PROJECT = ProjectSlug("gh", "acme", "web")

Floor = Callable[["Call", int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the store in a transaction of its own, and what it comes to in SQL."""

    name: str
    ours: Callable[[Tx, int], Awaitable[object]]
    sql: str
    values: Callable[[int], tuple[object, ...]]
    writes: bool = False


CALLS = (
    Call(
        "read an account, and open its token",
        lambda tx, number: tx.accounts.find(WORKSPACE, person(number)),
        'SELECT * FROM accounts WHERE workspace = $1 AND "user" = $2',
        lambda number: (WORKSPACE, person(number)),
    ),
    Call(
        "read a channel's project",
        lambda tx, number: tx.channels.find_project(WORKSPACE, f"C{number}"),
        "SELECT project FROM channels WHERE workspace = $1 AND channel = $2",
        lambda number: (WORKSPACE, f"C{number}"),
    ),
    Call(
        "write a channel's project",
        lambda tx, number: tx.channels.set_project(WORKSPACE, f"C{number}", _PROJECT),
        "INSERT INTO channels (workspace, channel, project) VALUES ($1, $2, $3) "
        "ON CONFLICT (workspace, channel) DO UPDATE SET project = excluded.project",
        lambda number: (WORKSPACE, f"D{number}", str(_PROJECT)),
        writes=True,
    ),
    Call(
        "expire an account",
        lambda tx, number: tx.accounts.mark_expired(account(2 * number)),
        "UPDATE accounts SET state = 'expired' "
        "WHERE workspace = $1 AND \"user\" = $2 AND connected_at = $3 AND state = 'active'",
        lambda number: (WORKSPACE, person(2 * number + 1), account(2 * number + 1).connected_at),
        writes=True,
    ),
)


async def single_calls() -> list[Table]:
    return [await _through_sqlite(), await _through_postgresql()]


async def _through_sqlite() -> Table:
    async with on_sqlite() as url:
        with contextlib.closing(_connected(url.removeprefix("sqlite:///"))) as connection:
            lines = await _measured(url, _alone_on_sqlite(connection))
    return Table("12. The store on SQLite, 10,000 accounts", ("sqlite3 alone",), lines, goals=_goals("SQLite", lines))


async def _through_postgresql() -> Table:
    title = "12. The store on PostgreSQL, 10,000 accounts"
    async with on_postgresql() as url:
        if url is None:
            return Table(title, notes=(WITHOUT_POSTGRES,))
        connection = await asyncpg.connect(url)
        try:
            lines = await _measured(url, _alone_on_postgresql(connection))
        finally:
            await connection.close()
    return Table(title, ("asyncpg alone",), lines, goals=_goals("PostgreSQL", lines))


def _goals(database: str, lines: list[Line]) -> tuple[Goal, ...]:
    slowest = max(line.ours for line in lines if line.what.startswith("read") and line.what.endswith("p50"))
    return (at_most(f"single reads on {database} under 1 ms", slowest, 1.0, " ms p50 of the slowest"),)


async def _measured(url: str, floor: Floor) -> list[Line]:
    store = Store(url, Vault([generate_key()]))
    try:
        await fill(store)
        return [line for call in CALLS for line in await _side_by_side(call, store, floor)]
    finally:
        await store.close()


async def _side_by_side(call: Call, store: Store, floor: Floor) -> list[Line]:
    """Ours and the floor take turns, one call at a time, so that both share the machine's bad moments."""

    async def through_us(number: int) -> None:
        async with store.begin() if call.writes else store.begin_read() as tx:
            await call.ours(tx, number)

    mine: list[float] = []
    theirs: list[float] = []
    for number in range(0, TIMES * _SPREAD, _SPREAD):
        mine.append(await _seconds(through_us(number)))
        theirs.append(await _seconds(floor(call, number)))
    return [
        Line(f"{call.name}: {name}", "ms", percentile_ms(mine, part), (percentile_ms(theirs, part),))
        for name, part in (("p50", 0.5), ("p99", 0.99))
    ]


async def _seconds(work: Awaitable[object]) -> float:
    began_s = time.perf_counter()
    await work
    return time.perf_counter() - began_s


def _connected(path: str) -> sqlite3.Connection:
    """As safe as ours: WAL, and what is committed is on the disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _alone_on_sqlite(connection: sqlite3.Connection) -> Floor:
    async def once(call: Call, number: int) -> list[Any]:
        connection.execute("BEGIN IMMEDIATE" if call.writes else "BEGIN")
        values = {str(place): value for place, value in enumerate(call.values(number), start=1)}
        rows = connection.execute(call.sql, values).fetchall()
        connection.execute("COMMIT")
        return rows

    return once


def _alone_on_postgresql(connection: asyncpg.Connection) -> Floor:
    async def once(call: Call, number: int) -> list[Any]:
        isolation = "read_committed" if call.writes else "repeatable_read"
        async with connection.transaction(isolation=isolation, readonly=not call.writes):
            rows: list[Any] = await connection.fetch(call.sql, *call.values(number))
        return rows

    return once
