from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.store.replays import Replay
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=2)
WEB = ProjectSlug.parse("gh/acme/web")


async def _claim(tx: Tx, holder: str = "me", now: datetime = NOW) -> list[Replay]:
    return await tx.replays.claim(now, 12, holder, limit=9)


async def test_it_goes_on_where_whoever_died_over_it_stopped(store: Store) -> None:
    async with store.begin() as tx:
        await tx.replays.ask("T1", WEB, SINCE, now=NOW)
        [begun] = await _claim(tx, "dying")
        await tx.replays.mark_listed(begun, [("p2", 2), ("p1", 1)], "dying", now=NOW)
        [begun] = await _claim(tx, "dying")
        assert await tx.replays.list_unread(begun, 9) == ["p1", "p2"]
        await tx.replays.mark_read(begun, "p1")
        assert await _claim(tx, "other") == []
        await tx.replays.ask("T1", WEB, SINCE, now=NOW)
        later = NOW + timedelta(seconds=13)
        [taken] = await _claim(tx, "other", later)
        assert await tx.replays.list_unread(taken, 9) == ["p2"]
        await tx.replays.mark_done(begun, "dying", later)
        assert (await tx.replays.list_all())[0][0].done_at is None, "it is somebody else's by now"
        await tx.replays.mark_read(taken, "p2")
        await tx.replays.mark_done(taken, "other", later)
        [(done, left)] = await tx.replays.list_all("T1")
        assert (done.done_at, done.read, left) == (later, 2, 0)


async def test_it_is_remembered_for_a_day_and_may_be_asked_for_anew(store: Store) -> None:
    async with store.begin() as tx:
        await tx.replays.ask("T1", WEB, SINCE, now=NOW)
        [one] = await _claim(tx)
        await tx.replays.mark_done(one, "me", NOW)
    assert await store.is_catching_up()
    async with store.begin() as tx:
        await tx.replays.ask("T1", WEB, SINCE, now=NOW)
        [again] = await _claim(tx)
        assert again.done_at is None
        await tx.replays.mark_done(again, "me", NOW)
        assert await _claim(tx, now=NOW + timedelta(hours=23)) == []
        [over] = await _claim(tx, now=NOW + timedelta(hours=25))
        await tx.replays.forget(over)
    assert not await store.is_catching_up()


async def test_one_that_is_under_way_reaches_further_back_where_that_is_asked(store: Store) -> None:
    async with store.begin() as tx:
        for since in (SINCE, SINCE + timedelta(hours=1), SINCE - timedelta(hours=1)):
            await tx.replays.ask("T1", WEB, since, now=NOW)
        [(one, _left)] = await tx.replays.list_all()
        assert one.since == SINCE - timedelta(hours=1)


async def test_nothing_that_is_tried_out_is_kept(store: Store) -> None:
    async with store.begin_trial() as tx:
        await tx.replays.ask("T1", WEB, SINCE, now=NOW)
        assert await tx.replays.has_any()
    async with store.begin_read() as tx:
        assert not await tx.replays.has_any()
