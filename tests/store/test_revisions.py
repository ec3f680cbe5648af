from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages import About, Message, Notice
from bot.store.rate_limiter import BucketLimits, RateLimit
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
LEASE_S = 60
WAITS, DECIDED = Message("It waits", [{"type": "divider"}]), Message("It was approved", [])
HOLD = "w1:hold:j1"


async def _add(tx: Tx, key: str = "k1", *holds: str, **more: datetime) -> None:
    assert await tx.outbox.insert(key, "T1", "C1", message=WAITS, about=About("p1", holds or (HOLD,)), now=NOW, **more)


async def _posted(tx: Tx, ts: str = "17.1") -> None:
    [notice] = await tx.outbox.claim(NOW, LEASE_S, "one", limit=1)
    assert await tx.outbox.settle_sent(notice, ts, NOW)


async def _conclude(tx: Tx) -> None:
    for standing in await tx.revisions.list_hold_notices("p1"):
        await tx.revisions.conclude(standing, DECIDED, NOW)


async def _revised(tx: Tx, now: datetime = NOW) -> list[Notice]:
    return await tx.revisions.claim(now, LEASE_S, "one", limit=100)


async def test_what_says_that_a_hold_waits_is_known_whether_posted_or_not(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "k1")
        await _posted(tx)
        await _add(tx, "k2", "w1:hold:j2", "w1:hold:j3")
        assert await tx.outbox.insert("k3", "T1", "C1", message=WAITS, now=NOW)
        standing = await tx.revisions.list_hold_notices("p1")
        assert [(one.key, one.workspace, one.holds) for one in standing] == [
            ("k1", "T1", (HOLD,)),
            ("k2", "T1", ("w1:hold:j2", "w1:hold:j3")),
        ]
        assert await tx.revisions.list_hold_notices("p2") == []


async def test_what_was_posted_is_changed_once(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx)
        await _posted(tx)
        assert await _revised(tx) == []
        await _conclude(tx)
        assert await tx.revisions.list_hold_notices("p1") == []
        [notice] = await _revised(tx)
        assert (notice.sent_ts, notice.message) == ("17.1", DECIDED)
        assert await tx.revisions.settle_shown(notice)
        assert await _revised(tx, LATER) == []


async def test_what_was_not_posted_yet_is_posted_as_it_is_by_then(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx)
        await _conclude(tx)
        [notice] = await tx.outbox.claim(NOW, LEASE_S, "one", limit=1)
        assert notice.message == DECIDED
        await tx.outbox.settle_sent(notice, "17.1", NOW)
        assert await _revised(tx) == []


async def test_what_was_on_its_way_is_changed_when_it_has_arrived(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx)
        [notice] = await tx.outbox.claim(NOW, LEASE_S, "one", limit=1)
        await _conclude(tx)
        assert await _revised(tx) == []
        await tx.outbox.settle_sent(notice, "17.1", NOW)
        assert [(one.sent_ts, one.message) for one in await _revised(tx)] == [("17.1", DECIDED)]


async def test_a_reminder_that_nobody_has_seen_is_dropped(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, good_until=LATER)
        await _conclude(tx)
        assert (await tx.backlog.load(NOW)).notices == 0
        assert await tx.outbox.claim(NOW, LEASE_S, "one", limit=1) == []


async def test_a_reminder_of_which_nobody_knows_whether_it_arrived_is_not_dropped(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, good_until=LATER)
        [notice] = await tx.outbox.claim(NOW, LEASE_S, "one", limit=1)
        await _conclude(tx)
        await tx.outbox.settle_lost_answer(notice, NOW)
        [again] = await tx.outbox.claim(NOW, LEASE_S, "one", limit=1)
        assert (again.message, again.good_until) == (DECIDED, None)


async def test_no_change_is_claimed_twice_and_a_lease_that_ran_out_hands_over(
    store: Store, other_replica: Store
) -> None:
    async with store.begin() as tx:
        await _add(tx)
        await _posted(tx)
        await _conclude(tx)
        [first] = await _revised(tx)
    async with other_replica.begin() as tx:
        assert await _revised(tx) == []
        [second] = await _revised(tx, LATER)
        assert not await tx.revisions.settle_shown(first)
        assert await tx.revisions.settle_shown(second)


async def test_a_change_that_slack_refuses_for_now_is_tried_then(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx)
        await _posted(tx)
        await _conclude(tx)
        [notice] = await _revised(tx)
        await tx.revisions.settle_retry(notice, LATER)
        assert await _revised(tx) == []
        [again] = await _revised(tx, LATER)
        await tx.revisions.settle_undeliverable(again, "message_not_found")
        assert await _revised(tx, LATER + timedelta(hours=1)) == []


async def test_changes_keep_the_pace_of_their_workspace(store: Store) -> None:
    rates = BucketLimits(posts=RateLimit(0), updates=RateLimit(10.0, 2))
    async with store.begin() as tx:
        for number in range(3):
            await _add(tx, f"k{number}")
            await _posted(tx, f"17.{number}")
        await _conclude(tx)
        first = await tx.revisions.claim(NOW, LEASE_S, "one", limit=100, rates=rates)
        assert [one.sent_ts for one in first] == ["17.0", "17.1"]
        assert await tx.revisions.claim(NOW, LEASE_S, "one", limit=100, rates=rates) == []
        rest = await tx.revisions.claim(NOW + timedelta(seconds=10), LEASE_S, "one", limit=100, rates=rates)
        assert [one.sent_ts for one in rest] == ["17.2"]


async def test_a_crowded_channel_waits(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx)
        await _posted(tx)
        await _conclude(tx)
        assert await tx.revisions.claim(NOW, LEASE_S, "one", limit=100, full=[("T1", "C1")]) == []
        assert await tx.revisions.claim(NOW, LEASE_S, "one", limit=0) == []


async def test_what_still_has_to_change_is_not_forgotten(store: Store) -> None:
    month = NOW + timedelta(days=31)
    async with store.begin() as tx:
        await _add(tx)
        await _posted(tx)
        assert await tx.outbox.prune(month) == 0
        assert len(await tx.revisions.list_hold_notices("p1")) == 1
        await _conclude(tx)
        assert await tx.outbox.prune(month) == 0
        [notice] = await _revised(tx)
        await tx.revisions.settle_shown(notice)
        assert await tx.outbox.prune(month) == 1


async def test_what_tells_of_several_holds_changes_with_each_and_not_without(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, "k1", HOLD, "w1:hold:j2")
        await _posted(tx)
        [standing] = await tx.revisions.list_hold_notices("p1")
        await tx.revisions.restate(standing, WAITS)
        assert await _revised(tx) == []
        await tx.revisions.restate(standing, Message("One still waits", []))
        [notice] = await _revised(tx)
        assert notice.message.text == "One still waits"
        assert await tx.revisions.settle_shown(notice)
        assert len(await tx.revisions.list_hold_notices("p1")) == 1
        await _conclude(tx)
        assert [one.message for one in await _revised(tx)] == [DECIDED]


async def test_a_notice_is_said_anew_by_its_key_be_it_posted_or_queued(store: Store) -> None:
    async with store.begin() as tx:
        for key in ("posted", "queued"):
            assert await tx.outbox.insert(key, "T1", "C1", message=WAITS, now=NOW)
        await _posted(tx)
        for key in ("posted", "queued", "forgotten"):
            await tx.revisions.revise(key, DECIDED)
        [revised] = await _revised(tx)
        assert (revised.key, revised.message, revised.sent_ts) == ("posted", DECIDED, "17.1")
        [first] = await tx.outbox.claim(LATER, LEASE_S, "one", limit=1)
        assert (first.key, first.message) == ("queued", DECIDED)
