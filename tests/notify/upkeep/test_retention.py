from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain import ProjectSlug
from bot.domain.people import Account, AccountState
from bot.messages import Message
from bot.notify.upkeep.retention import EVERY_S, RetentionJob
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

WEB = ProjectSlug("gh", "acme", "web")


class MovedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


async def test_what_is_old_is_forgotten_and_what_waits_is_kept(tmp_path: Path) -> None:
    url, clock = await create_database(tmp_path), MovedClock()
    store = Store(url, Vault([generate_key()]))
    retention = RetentionJob(store=store, clock=clock, holder="me")
    async with store.begin() as tx:
        for name in ("over", "running"):
            await tx.pipelines.follow(name, WEB, 1, branch="main", tag=None, snapshot="{}", now=clock.now())
        await tx.pipelines.update(
            "over", "{}", "main", tag=None, finished_at=clock.now(), next_look_at=None, was_due_at=clock.now()
        )
        await tx.outbox.insert("waits", "T", "C", message=Message("late rather than never"), now=clock.now())
        assert await tx.processed_events.insert("slack:Ev1", clock.now())
        assert await tx.idempotency_keys.begin("k", "T", "U", now=clock.now()) is None

    assert await retention.tick() == EVERY_S
    clock.moment += timedelta(days=31)
    await retention.tick()

    async with store.begin() as tx:
        assert await tx.pipelines.find("over") is None
        assert await tx.pipelines.find("running") is not None
        assert (await tx.backlog.load(clock.now())).notices == 1
        assert await tx.idempotency_keys.find("k") is None
        assert await tx.processed_events.insert("slack:Ev1", clock.now())
    await store.close()


async def test_secrets_that_only_a_later_key_opens_are_counted(tmp_path: Path) -> None:
    url, clock, old, new = await create_database(tmp_path), MovedClock(), generate_key(), generate_key()
    before, store, noted = Store(url, Vault([old])), Store(url, Vault([new, old])), list[int]()
    account = Account("T", "U", "c", "ada", "Ada", AccountState.ACTIVE, clock.now(), "CCIPAT_x")
    async with before.begin() as tx:
        await tx.accounts.upsert(account)
    await RetentionJob(store=store, clock=clock, holder="me", note_later_secrets=noted.append).tick()
    async with store.begin() as tx:
        await tx.sealed_columns.rotate()
    clock.moment += timedelta(hours=1)
    await RetentionJob(store=store, clock=clock, holder="me", note_later_secrets=noted.append).tick()
    await RetentionJob(store=store, clock=clock, holder="another", note_later_secrets=noted.append).tick()
    assert noted == [0, 1, 0, 0, 0], "each begins with none, and the last one left it to the one before"
    await before.close()
    await store.close()
