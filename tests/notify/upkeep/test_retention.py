from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain import ProjectSlug
from bot.messages import Message
from bot.notify.upkeep.retention import EVERY_S, Housekeeper
from bot.store.store import Store
from bot.store.vault import Vault, new_key
from tests.plugins.database import migrated

WEB = ProjectSlug("gh", "acme", "web")


class MovedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


async def test_what_is_old_is_forgotten_and_what_waits_is_kept(tmp_path: Path) -> None:
    url, clock = await migrated(tmp_path), MovedClock()
    store = Store(url, Vault([new_key()]))
    housekeeper = Housekeeper(store=store, clock=clock, holder="me")
    async with store.begin() as tx:
        for name in ("over", "running"):
            await tx.pipelines.follow(name, WEB, 1, "main", None, "{}", clock.now())
        await tx.pipelines.save("over", "{}", "main", None, clock.now(), None, was_due_at=clock.now())
        await tx.outbox.add("waits", "T", "C", Message("late rather than never"), now=clock.now())
        assert await tx.seen.first("slack:Ev1", clock.now())
        assert await tx.acts.begin("k", "T", "U", clock.now()) is None

    assert await housekeeper.turn() == EVERY_S
    clock.moment += timedelta(days=31)
    await housekeeper.turn()

    async with store.begin() as tx:
        assert await tx.pipelines.get("over") is None
        assert await tx.pipelines.get("running") is not None
        assert await tx.outbox.backlog() == 1
        assert await tx.acts.get("k") is None
        assert await tx.seen.first("slack:Ev1", clock.now())
    await store.close()
