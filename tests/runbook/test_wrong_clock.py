"""The runbook's "Wrong clock", done as it stands there."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from bot.store.engine.moment import UtcDateTime
from bot.store.store import Store
from bot.store.tables.schema import metadata
from bot.store.vault import Vault
from tests.plugins.runbook import Site, list_blocks

_AHEAD = timedelta(hours=6)
_OF_CIRCLECI = {"ended_at", "happened_at", "newest_at"}
"""Moments that CircleCI told."""


async def test_a_wrong_clock_that_is_put_right_puts_nothing_off(site: Site) -> None:
    put_right, over = list_blocks("Wrong clock")
    async with site.run_whole_bot():
        await site.push("broken")
        await site.wait_told()
    await _run_ahead(site)
    assert (await site.operator.type(put_right))[0] == 0
    await site.push("broken")
    async with site.start_bot("run") as bot:
        await bot.wait_for_output("clock.went_back")
        await site.wait_told()
        code, said = await site.operator.type(over)
    assert (code, said) == (0, "Nothing waits.\n")
    assert set((await site.count_told()).values()) == {1}


async def _run_ahead(site: Site) -> None:
    """Every moment of our own is written as by a clock that was six hours ahead."""
    store = Store(f"sqlite:///{site.cwd}/circlebot.db", Vault([site.read_keys()]))
    async with store.begin() as tx:
        for table in metadata.sorted_tables:
            moments = [
                column
                for column in table.columns
                if isinstance(column.type, UtcDateTime) and column.name not in _OF_CIRCLECI
            ]
            for row in (await tx._connection.execute(select(table))).all() if moments else ():
                this = [key == getattr(row, key.key) for key in table.primary_key.columns]
                later = {one.key: getattr(row, one.key) + _AHEAD for one in moments if getattr(row, one.key)}
                await tx._connection.execute(update(table).where(*this).values(later))
    await store.close()
