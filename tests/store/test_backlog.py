from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages import Message
from bot.store.backlog import Backlog
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LEASE_S = 60


def _after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def _insert(tx: Tx, key: str, now: datetime, channel: str = "C1", card_id: int | None = None) -> None:
    await tx.outbox.insert(key, "T1", channel, message=Message("It failed"), card_id=card_id, now=now)


async def test_where_nothing_waits_nothing_is_old(store: Store) -> None:
    async with store.begin_read() as tx:
        assert await tx.backlog.load(NOW) == Backlog(0, None, 0, None)


async def test_the_oldest_notice_is_as_old_as_it_was_published_however_often_it_is_tried(store: Store) -> None:
    async with store.begin() as tx:
        await _insert(tx, "first", NOW)
        await _insert(tx, "second", _after(5), channel="C2")
        [first] = [one for one in await tx.outbox.claim(_after(6), LEASE_S, "me", limit=2) if one.key == "first"]
        await tx.outbox.settle_retry(first, _after(100))
        assert (await tx.backlog.load(_after(7))).oldest_notice_at == NOW
        [first] = [one for one in await tx.outbox.claim(_after(101), LEASE_S, "me", limit=2) if one.key == "first"]
        await tx.outbox.settle_sent(first, "1.0", _after(101))
        assert (await tx.backlog.load(_after(102))).oldest_notice_at == _after(5)


async def test_what_is_for_later_is_withheld_or_waits_for_its_card_is_not_due(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await _insert(tx, "below", NOW, card_id=card.id)
        later = _after(3600)
        await tx.outbox.insert("later", "T1", "C2", message=Message("hi"), not_before=later, now=NOW)
        await _insert(tx, "withheld", NOW, channel="C3")
        [withheld] = await tx.outbox.claim(NOW, LEASE_S, "me", limit=5)
        await tx.outbox.postpone(withheld, later)
        assert await tx.backlog.load(_after(9)) == Backlog(3, None, 1, NOW), (
            "the card is late, and with it what is below"
        )
        await tx.cards.settle_sent(card, "1.0", _after(9))
        assert (await tx.backlog.load(_after(9))).oldest_notice_at == NOW


async def test_a_card_that_was_posted_and_changed_is_outdated_and_has_no_age(store: Store) -> None:
    async with store.begin() as tx:
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        [card] = await tx.cards.claim(NOW, LEASE_S, "me", limit=1)
        assert await tx.backlog.load(NOW) == Backlog(0, None, 1, NOW)
        await tx.cards.settle_sent(card, "1.0", NOW)
        assert await tx.backlog.load(NOW) == Backlog(0, None, 0, None)
        await tx.cards.mark_pipeline_dirty("p1")
        assert await tx.backlog.load(_after(60)) == Backlog(0, None, 1, None)
        await tx.cards.mark_undeliverable(card.id, "is_archived", NOW)
        assert await tx.backlog.load(_after(60)) == Backlog(0, None, 0, None)
