from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.notify.upkeep.periodic import Periodic
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database


class MovedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class CountedWork(Periodic):
    lease = "counted"
    runs = 0

    async def run(self, now: datetime) -> None:
        del now
        self.runs += 1


async def test_one_process_does_it_and_another_takes_over_when_that_one_is_gone(tmp_path: Path) -> None:
    store, clock = Store(await create_database(tmp_path), Vault([generate_key()])), MovedClock()
    one, other = (CountedWork(store=store, clock=clock, holder=holder, every_s=60) for holder in ("one", "other"))
    for _ in range(3):
        assert await one.tick() == 60
        clock.moment += timedelta(seconds=20)
        assert await other.tick() == 60
        clock.moment += timedelta(seconds=40)
    assert (one.runs, other.runs) == (3, 0)
    await other.tick()
    await one.tick()
    assert (one.runs, other.runs) == (3, 1)
    await store.close()
