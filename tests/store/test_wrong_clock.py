from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages import Message
from bot.store.store import Store
from tests.plugins.factories import WEB

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(hours=6)


async def test_what_a_clock_that_went_back_has_put_off_is_due(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, AHEAD)
        await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=AHEAD)
        await tx.outbox.insert("k", "T1", "C1", message=Message("It failed"), not_before=AHEAD, now=NOW)
        assert await tx.wrong_clock.forget_future(NOW) == AHEAD
        assert await tx.polled_projects.find_first_due_at() == NOW
        assert len(await tx.outbox.claim(NOW, 12, "me", limit=1)) == 1


async def test_what_is_planned_by_a_clock_that_is_right_stays_for_later(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=NOW)
        await tx.outbox.insert("k", "T1", "C1", message=Message("It failed"), not_before=AHEAD, now=NOW)
        assert await tx.wrong_clock.forget_future(NOW) is None
        assert await tx.outbox.claim(NOW, 12, "me", limit=1) == []
