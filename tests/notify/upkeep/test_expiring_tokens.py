"""Whose token ends hears of it a week and a day before, once each, whatever restarts and however many processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.people import Account, AccountState
from bot.notify.upkeep.expiring_tokens import EVERY_S, ExpiryReminders
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENDS = NOW + timedelta(days=90)
ADA = Account("T1", "UADA", "c", "ada", "Ada", AccountState.ACTIVE, NOW, "ccipat_a", scope="", expires_at=ENDS)


@dataclass
class Time:
    """A clock, a database, and who was told what."""

    store: Store
    moment: datetime = NOW
    woken: list[int] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def connect(self, account: Account) -> None:
        async with self.store.begin() as tx:
            await tx.accounts.upsert(account)

    async def pass_until(self, moment: datetime, holder: str = "one") -> None:
        """A process that was started just now looks."""
        self.moment = moment
        reminders = ExpiryReminders(store=self.store, clock=self, holder=holder, wake=lambda: self.woken.append(1))
        assert await reminders.tick() == EVERY_S

    async def is_told(self, days: int, ends: datetime = ENDS) -> bool:
        async with self.store.begin_read() as tx:
            return await tx.outbox.is_published(f"ends:T1:UADA:{ends.isoformat()}:{days}")


@pytest.fixture
async def time(tmp_path: Path) -> AsyncIterator[Time]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield Time(store)
    await store.close()


async def test_once_a_week_and_once_a_day_ahead(time: Time) -> None:
    await time.connect(ADA)
    await time.pass_until(ENDS - timedelta(days=8))
    assert time.woken == []
    for hours, told in ((7 * 24, 1), (6 * 24, 1), (24, 2), (23, 2), (1, 2), (-1, 2), (-200, 2)):
        await time.pass_until(ENDS - timedelta(hours=hours), holder=f"{hours}")
        assert len(time.woken) == told
    assert await time.is_told(7)
    assert await time.is_told(1)


async def test_who_was_not_there_a_week_before_hears_once(time: Time) -> None:
    await time.connect(ADA)
    await time.pass_until(ENDS - timedelta(hours=3))
    await time.pass_until(ENDS - timedelta(hours=2))
    assert len(time.woken) == 1
    assert await time.is_told(1)
    assert not await time.is_told(7)


async def test_connecting_again_begins_anew(time: Time) -> None:
    await time.connect(ADA)
    await time.pass_until(ENDS - timedelta(days=7))
    later = ENDS + timedelta(days=80)
    await time.connect(replace(ADA, expires_at=later, connected_at=time.now()))
    await time.pass_until(ENDS - timedelta(hours=1))
    assert len(time.woken) == 1
    await time.pass_until(later - timedelta(days=7))
    assert len(time.woken) == 2


@pytest.mark.parametrize(
    "account", [replace(ADA, expires_at=None, scope=None), replace(ADA, state=AccountState.EXPIRED)]
)
async def test_nobody_is_told_whose_end_is_not_known_or_past(time: Time, account: Account) -> None:
    await time.connect(account)
    await time.pass_until(ENDS - timedelta(hours=1))
    assert time.woken == []
