from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.messages import Message, Notice
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LEASE_S = 60
LATER = NOW + timedelta(seconds=LEASE_S + 1)
SAID = Message("It failed", [{"type": "section", "text": {"type": "mrkdwn", "text": "It *failed* \u0000 🎉"}}])


async def _add(tx: Tx, key: str, channel: str = "C1", card_id: int | None = None) -> None:
    assert await tx.outbox.insert(key, "T1", channel, message=SAID, card_id=card_id, now=NOW)


async def _claim(tx: Tx, now: datetime = NOW, holder: str = "one", limit: int = 100) -> list[str]:
    return [notice.key for notice in await tx.outbox.claim(now, LEASE_S, holder, limit=limit)]


async def _only(tx: Tx, now: datetime = NOW) -> Notice:
    [notice] = await tx.outbox.claim(now, LEASE_S, "one", limit=1)
    return notice


async def test_a_notice_comes_out_as_it_was_put_in(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.outbox.insert("k1", "T1", "C1", message=SAID, thread_ts="17.1", broadcast=True, now=NOW)
        notice = await _only(tx)
    assert (notice.key, notice.workspace, notice.channel) == ("k1", "T1", "C1")
    assert (notice.message, notice.thread_ts, notice.broadcast, notice.card_id) == (SAID, "17.1", True, None)


async def test_a_key_is_published_once(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "k1")
        assert not await tx.outbox.insert("k1", "T1", "C2", message=SAID, now=NOW)
        assert (await tx.backlog.load(NOW)).notices == 1


async def test_replicas_that_publish_the_same_publish_it_once(store: Store, other_replica: Store) -> None:
    async def publish(at: Store) -> bool:
        async with at.begin() as tx:
            return bool(await tx.outbox.insert("k1", "T1", "C1", message=SAID, now=NOW))

    published = await asyncio.gather(*(publish(at) for at in (store, other_replica) * 5))
    assert sorted(published) == [False] * 9 + [True]


async def test_no_notice_is_claimed_twice(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        for number in range(60):
            await _add(tx, f"k{number}", channel=f"C{number}")

    async def drain(at: Store, holder: str) -> list[str]:
        claimed: list[str] = []
        for _ in range(12):
            async with at.begin() as tx:
                claimed += await _claim(tx, holder=holder, limit=3)
        return claimed

    claims = await asyncio.gather(*(drain(at, str(id(at))) for at in (store, other_replica) * 2))
    keys = [key for claimed in claims for key in claimed]
    assert len(keys) == len(set(keys))
    async with store.begin() as tx:
        keys += await _claim(tx)
    assert sorted(keys) == sorted(f"k{number}" for number in range(60))


async def test_no_channel_has_two_notices_on_their_way(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        for number in range(20):
            await _add(tx, f"k{number}", channel=f"C{number % 2}")

    async def claim(at: Store) -> list[str]:
        async with at.begin() as tx:
            return await _claim(tx)

    claims = await asyncio.gather(*(claim(at) for at in (store, other_replica) * 4))
    assert sorted(key for claimed in claims for key in claimed) == ["k0", "k1"]


async def test_each_channel_keeps_its_order(store: Store) -> None:
    sent = []
    async with store.begin() as tx:
        for key, channel in (("a1", "C1"), ("b1", "C2"), ("a2", "C1"), ("b2", "C2"), ("a3", "C1")):
            await _add(tx, key, channel)
        while claimed := await tx.outbox.claim(NOW, LEASE_S, "one", limit=100):
            sent.append([notice.key for notice in claimed])
            for notice in claimed:
                await tx.outbox.settle_sent(notice, "17.1", NOW)
    assert sent == [["a1", "b1"], ["a2", "b2"], ["a3"]]


async def test_the_oldest_come_first_when_there_are_more_than_asked_for(store: Store) -> None:
    async with store.begin() as tx:
        for number in range(5):
            await _add(tx, f"k{number}", channel=f"C{number}")
        assert await _claim(tx, limit=2) == ["k0", "k1"]
        assert await _claim(tx, limit=0) == []
        assert await _claim(tx, limit=2) == ["k2", "k3"]


async def test_a_lease_that_ran_out_hands_over(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "k1")
        assert await _claim(tx, holder="dead") == ["k1"]
        assert await _claim(tx, LATER - timedelta(seconds=2), holder="alive") == []
        assert await _claim(tx, LATER, holder="alive") == ["k1"]


async def test_what_is_sent_or_gone_is_not_claimed_again(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "k1")
        await _add(tx, "k2")
        await tx.outbox.settle_sent(await _only(tx), "17.1", NOW)
        await tx.outbox.settle_undeliverable(await _only(tx), "channel_not_found", NOW)
        assert (await tx.backlog.load(NOW)).notices == 0
        assert await _claim(tx, LATER) == []


async def test_a_channel_that_slack_asked_to_wait_waits_and_keeps_its_order(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "a1")
        await _add(tx, "a2")
        await _add(tx, "b1", channel="C2")
        first = (await tx.outbox.claim(NOW, LEASE_S, "one", limit=1))[0]
        await tx.outbox.settle_retry(first, NOW + timedelta(seconds=30))
        assert await _claim(tx) == ["b1"]
        assert await _claim(tx, NOW + timedelta(seconds=30)) == ["a1"]


async def test_a_notice_for_later_holds_up_nobody(store: Store) -> None:
    async with store.begin() as tx:
        later = NOW + timedelta(hours=1)
        await tx.outbox.insert("later", "T1", "C1", message=SAID, not_before=later, now=NOW)
        await _add(tx, "now")
        first = await _only(tx)
        assert first.key == "now"
        await tx.outbox.settle_sent(first, "17.1", NOW)
        assert await _claim(tx) == []
        assert await _claim(tx, later) == ["later"]


async def test_a_notice_that_breaks_every_sender_does_not_silence_its_channel(store: Store) -> None:
    now, claimed = NOW, []
    async with store.begin() as tx:
        await _add(tx, "poison")
        await _add(tx, "k1")
        await _add(tx, "k2")
        while now < NOW + timedelta(minutes=20):
            for notice in await tx.outbox.claim(now, LEASE_S, "one", limit=1):
                claimed.append(notice.key)
                if notice.key != "poison":
                    await tx.outbox.settle_sent(notice, "17.1", now)
            now += timedelta(seconds=LEASE_S + 1)
    assert claimed[:6] == [*["poison"] * 3, "k1", "k2", "poison"]
    assert set(claimed[6:]) <= {"poison"}
    assert len(claimed) < 9, "it is set aside for ten minutes each time"


async def test_who_lost_a_notice_folds_nothing_into_it(store: Store) -> None:
    """A summary was posted by then; what became too old since would be told by nobody."""
    async with store.begin() as tx:
        await _add(tx, "k1")
        await _add(tx, "k2")
        frozen = await _only(tx)
        [now_theirs] = await tx.outbox.claim(LATER, LEASE_S, "two", limit=1)
        await tx.outbox.settle_sent(now_theirs, "17.1", LATER)
        assert await tx.outbox.fold(frozen, LATER, LATER) is None
        assert await _claim(tx, LATER) == ["k2"]


async def test_a_reply_waits_for_its_card_and_lands_in_its_thread(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await _add(tx, "reply", card_id=card.id)
        await _add(tx, "b1", channel="C2")
        assert await _claim(tx) == ["b1"]
        await tx.cards.settle_sent(card, "17.1", NOW)
        reply = await _only(tx)
    assert (reply.key, reply.thread_ts, reply.card_id) == ("reply", "17.1", card.id)


async def test_a_reply_that_waits_for_its_card_holds_up_no_other(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await _add(tx, "reply", card_id=card.id)
        await _add(tx, "plain")
        assert await _claim(tx) == ["plain"]


async def test_a_reply_whose_card_is_gone_stands_by_itself(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await tx.cards.settle_sent(card, "17.1", NOW)
        await tx.cards.settle_undeliverable(card, "message_not_found", NOW)
        await _add(tx, "reply", card_id=card.id)
        reply = await _only(tx)
    assert (reply.key, reply.thread_ts) == ("reply", None)


async def test_only_what_was_settled_long_ago_is_pruned(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "sent")
        await _add(tx, "waiting", channel="C2")
        await tx.outbox.settle_sent(await _only(tx), "17.1", NOW)
        assert await tx.outbox.prune(NOW) == 0
        assert await tx.outbox.prune(LATER) == 1
        assert await _claim(tx, LATER) == ["waiting"]


async def test_details_follow_once_below_the_card_or_below_the_notice_itself(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await tx.cards.settle_sent(card, "17.1", NOW)
        for channel, card_id in (("C1", card.id), ("C2", None)):
            key, said = f"k:{channel}", SAID
            await tx.outbox.insert(key, "T1", channel, message=said, card_id=card_id, details=Message("why"), now=NOW)
        assert (await tx.backlog.load(NOW)).notices == 2, "what is told in full comes after what is told in short"
        for notice in await tx.outbox.claim(NOW, LEASE_S, "one", limit=2):
            assert await tx.outbox.settle_sent(notice, "17.2", NOW)
            assert not await tx.outbox.settle_sent(notice, "17.3", NOW), "settled already"
        follow = await tx.outbox.claim(NOW, LEASE_S, "one", limit=9)
    assert [(one.key, one.message.text, one.thread_ts, one.details) for one in follow] == [
        ("k:C1:details", "why", "17.1", None),
        ("k:C2:details", "why", "17.2", None),
    ]


async def test_what_is_never_posted_has_no_details_either(store: Store) -> None:
    async with store.begin() as tx:
        await tx.outbox.insert("k1", "T1", "C1", message=SAID, details=Message("why"), now=NOW)
        await tx.outbox.settle_undeliverable(await _only(tx), "channel_not_found", NOW)
        assert (await tx.backlog.load(NOW)).notices == 0
