from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.messages import Card
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LEASE_S = 60
LATER = NOW + timedelta(seconds=LEASE_S + 1)
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")


async def _want(tx: Tx, pipeline_id: str = "p1", channel: str = "C1", asked_by: str | None = None) -> Card:
    return await tx.cards.upsert("T1", channel, pipeline_id, asked_by=asked_by, now=NOW)


async def _claim(tx: Tx, now: datetime = NOW, holder: str = "one", limit: int = 100) -> list[Card]:
    return await tx.cards.claim(now, LEASE_S, holder, limit=limit)


async def test_a_pipeline_has_one_card_in_each_channel(store: Store) -> None:
    async with store.begin() as tx:
        first = await _want(tx)
        again = await _want(tx)
        elsewhere = await _want(tx, channel="C2")
        assert first == Card(first.id, "T1", "C1", "p1", None, 1, 0, None, NOW)
        assert (again.id, again.wanted, again.shown) == (first.id, 2, 0)
        assert elsewhere.id != first.id
        assert [card.id for card in await tx.cards.list_for_pipeline("p1")] == [first.id, elsewhere.id]
        assert await tx.cards.find_by_id(first.id) == again
        assert await tx.cards.find_by_id(999) is None


async def test_many_who_want_the_same_card_get_one_and_no_wish_is_lost(store: Store, other_replica: Store) -> None:
    async def want(at: Store) -> int:
        async with at.begin() as tx:
            return (await _want(tx)).id

    ids = await asyncio.gather(*(want(at) for at in (store, other_replica) * 10))
    async with store.begin_read() as tx:
        [card] = await tx.cards.list_for_pipeline("p1")
    assert set(ids) == {card.id}
    assert card.wanted == 20


async def test_who_asks_becomes_the_asker_and_a_rule_takes_nobodys_place(store: Store) -> None:
    async with store.begin() as tx:
        assert (await _want(tx)).asked_by is None
        assert (await _want(tx, asked_by="UADA")).asked_by == "UADA"
        assert (await _want(tx)).asked_by == "UADA"


async def test_a_card_is_claimed_until_slack_shows_what_is_wanted(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        [claimed] = await _claim(tx)
        await tx.cards.mark_pipeline_dirty("p1")
        assert await tx.cards.settle_sent(claimed, "17.1", NOW)
        [behind] = await _claim(tx)
        assert (behind.ts, behind.shown, behind.wanted) == ("17.1", 1, 2)
        assert await tx.cards.settle_sent(behind, "17.1", NOW)
        assert await _claim(tx, LATER) == []


async def test_no_card_is_claimed_twice(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        wanted = {(await _want(tx, f"p{number}", channel=f"C{number}")).id for number in range(60)}

    async def drain(at: Store, holder: str) -> list[int]:
        claimed: list[int] = []
        for _ in range(12):
            async with at.begin() as tx:
                claimed += [card.id for card in await _claim(tx, holder=holder, limit=3)]
        return claimed

    claims = await asyncio.gather(*(drain(at, str(id(at))) for at in (store, other_replica) * 2))
    ids = [card_id for claimed in claims for card_id in claimed]
    assert len(ids) == len(set(ids))
    async with store.begin() as tx:
        ids += [card.id for card in await _claim(tx)]
    assert set(ids) == wanted


async def test_the_oldest_cards_come_first(store: Store) -> None:
    async with store.begin() as tx:
        ids = [(await _want(tx, f"p{number}", channel=f"C{number}")).id for number in range(4)]
        assert [card.id for card in await _claim(tx, limit=3)] == ids[:3]
        assert [card.id for card in await _claim(tx, limit=3)] == ids[3:]


async def test_a_channel_gets_its_cards_one_by_one(store: Store) -> None:
    async with store.begin() as tx:
        ids = [(await _want(tx, f"p{number}")).id for number in range(3)]
        other = await _want(tx, channel="C2")
        assert [card.id for card in await _claim(tx)] == [ids[0], other.id]
        assert [card.id for card in await _claim(tx)] == [ids[1]]


async def test_the_card_that_waits_longest_is_changed_first(store: Store) -> None:
    async with store.begin() as tx:
        for number, rest_s in enumerate((3, 1, 2)):
            card = await _want(tx, f"p{number}")
            await tx.cards.settle_sent(card, f"17.{number}", NOW + timedelta(seconds=rest_s))
            await tx.cards.mark_pipeline_dirty(f"p{number}")
        assert [card.pipeline_id for card in await _claim(tx, NOW + timedelta(seconds=5), limit=2)] == ["p1", "p2"]


async def test_no_card_of_a_full_channel_is_claimed(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        other = await _want(tx, channel="C2")
        claimed = await tx.cards.claim(NOW, LEASE_S, "one", limit=10, full=[("T1", "C1")])
        assert [card.id for card in claimed] == [other.id]


async def test_who_was_frozen_for_longer_than_its_lease_settles_nothing(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        [frozen] = await _claim(tx, holder="frozen")
        [taken_over] = await _claim(tx, LATER, holder="alive")
        assert not await tx.cards.settle_sent(frozen, "17.1", NOW)
        assert not await tx.cards.settle_undeliverable(frozen, "is_archived", NOW)
        assert not await tx.cards.renew(frozen, LATER + timedelta(hours=1))
        assert await tx.cards.settle_sent(taken_over, "17.2", NOW)
        [settled] = await tx.cards.list_for_pipeline("p1")
        assert settled.ts == "17.2"


async def test_an_attempt_whose_end_nobody_knows_is_told_to_the_next(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        [first] = await _claim(tx)
        [second] = await _claim(tx, LATER)
        assert await tx.cards.settle_lost_answer(second, LATER + timedelta(seconds=5))
        [third] = await _claim(tx, LATER + timedelta(seconds=5))
        assert first.unfinished_since is None
        assert (second.unfinished_since, third.unfinished_since) == (NOW, NOW)
        assert len({first.attempt, second.attempt, third.attempt}) == 3
        await tx.cards.settle_retry(third, LATER)
        [fresh] = await _claim(tx, LATER + timedelta(seconds=5))
        assert fresh.unfinished_since is None


async def test_whoever_is_alone_frees_what_the_dead_held_once_it_would_stand_in_slack(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        await _claim(tx, holder="dead")
        assert await tx.cards.release_all(not_before=NOW + timedelta(seconds=5)) == 1
        assert await _claim(tx) == []
        [again] = await _claim(tx, NOW + timedelta(seconds=5))
        assert again.unfinished_since == NOW


async def test_a_lease_that_ran_out_hands_over(store: Store) -> None:
    async with store.begin() as tx:
        card = await _want(tx)
        assert await _claim(tx, holder="dead")
        assert await _claim(tx, LATER - timedelta(seconds=2), holder="alive") == []
        assert [one.id for one in await _claim(tx, LATER, holder="alive")] == [card.id]


async def test_a_card_is_not_changed_again_before_its_time(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        [card] = await _claim(tx)
        await tx.cards.settle_sent(card, "17.1", NOW + timedelta(seconds=2))
        await tx.cards.mark_pipeline_dirty("p1")
        assert await _claim(tx, NOW + timedelta(seconds=1)) == []
        assert await _claim(tx, NOW + timedelta(seconds=2))


async def test_a_card_that_slack_refused_for_now_is_retried_then(store: Store) -> None:
    async with store.begin() as tx:
        await _want(tx)
        [card] = await _claim(tx)
        await tx.cards.settle_retry(card, NOW + timedelta(seconds=30))
        assert await _claim(tx, NOW + timedelta(seconds=29)) == []
        [again] = await _claim(tx, NOW + timedelta(seconds=30))
        assert (again.id, again.ts, again.shown) == (card.id, None, 0)


async def test_a_gone_card_is_left_alone_until_a_person_asks(store: Store) -> None:
    async with store.begin() as tx:
        card = await _want(tx)
        await tx.cards.settle_sent(card, "17.1", NOW)
        await tx.cards.settle_undeliverable(card, "message_not_found", NOW)
        assert await tx.cards.mark_pipeline_dirty("p1") == 0
        assert await _claim(tx, LATER) == []
        assert [one.id for one in await tx.cards.list_for_pipeline("p1")] == [card.id]
        asked = await _want(tx, asked_by="UADA")
        assert (asked.id, asked.ts) == (card.id, None)
        assert [one.id for one in await _claim(tx, LATER)] == [card.id]


async def test_every_card_of_a_pipeline_is_drawn_anew(store: Store) -> None:
    async with store.begin() as tx:
        for channel in ("C1", "C2"):
            card = await _want(tx, channel=channel)
            await tx.cards.settle_sent(card, "17.1", NOW)
        other = await _want(tx, "p2")
        await tx.cards.settle_sent(other, "17.2", NOW)
        assert await tx.cards.mark_pipeline_dirty("p1") == 2
        assert {card.channel for card in await _claim(tx)} == {"C1", "C2"}


async def test_the_askers_of_projects_moving_pipelines_are_named_once_newest_first(store: Store) -> None:
    async with store.begin() as tx:
        for number, project in enumerate([WEB, WEB, WEB, API]):
            await tx.pipelines.follow(f"p{number}", project, number, branch=None, tag=None, snapshot="{}", now=NOW)
        for pipeline_id, user in (("p0", "UADA"), ("p1", "UGRACE"), ("p2", "UADA"), ("p3", "UEVE")):
            await _want(tx, pipeline_id, asked_by=user)
        await _want(tx, "p2", channel="C2")
        assert await tx.cards.list_askers([WEB]) == [("T1", "UADA"), ("T1", "UGRACE")]
        assert set(await tx.cards.list_asked("T1", "UADA", 5)) == {"p0", "p2"}
        assert await tx.cards.list_asked("T1", "UEVE", 5) == ["p3"]
        assert await tx.cards.list_askers([WEB, API]) == [("T1", "UEVE"), ("T1", "UADA"), ("T1", "UGRACE")]
        await tx.pipelines.update("p1", "{}", None, tag=None, finished_at=NOW, next_look_at=None, was_due_at=NOW)
        assert await tx.cards.list_askers([WEB]) == [("T1", "UADA")]
