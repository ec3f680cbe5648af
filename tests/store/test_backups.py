from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages import Message
from bot.store.backups import CAUGHT_UP_AFTER
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
BACKED_UP = NOW - timedelta(hours=3)


async def _enqueue(tx: Tx, number: int) -> None:
    card = await tx.cards.upsert("T1", f"C{number}", f"p{number}", asked_by=None, now=NOW)
    await tx.outbox.insert(f"k{number}", "T1", f"C{number}", message=Message("failed"), now=NOW)
    assert card.unfinished_since is None


async def _claim_doubts(store: Store) -> list[datetime | None]:
    """Since when each card and notice that is claimed has to be looked for."""
    async with store.begin() as tx:
        cards = await tx.cards.claim(NOW, 10, "w", limit=9)
        notices = await tx.outbox.claim(NOW, 10, "w", limit=9)
    return [one.unfinished_since for one in [*cards, *notices]]


async def test_without_a_restoration_nothing_is_looked_for(store: Store) -> None:
    async with store.begin() as tx:
        await tx.backups.insert(BACKED_UP)
        await _enqueue(tx, 1)
    assert await _claim_doubts(store) == [None, None]
    assert not await store.is_catching_up()


async def test_what_waited_and_what_is_published_after_a_restoration_is_looked_for(store: Store) -> None:
    async with store.begin() as tx:
        await _enqueue(tx, 1)
        await tx.backups.mark_restored(BACKED_UP, NOW)
        await _enqueue(tx, 2)
    assert await _claim_doubts(store) == [BACKED_UP] * 4
    assert await store.is_catching_up()


async def test_once_it_has_caught_up_everything_is_as_before(store: Store) -> None:
    async with store.begin() as tx:
        await tx.backups.mark_restored(BACKED_UP, NOW - CAUGHT_UP_AFTER - timedelta(seconds=1))
        await tx.backups.forget_restorations(NOW - CAUGHT_UP_AFTER)
        await _enqueue(tx, 1)
    assert await _claim_doubts(store) == [None, None]
    assert not await store.is_catching_up()
