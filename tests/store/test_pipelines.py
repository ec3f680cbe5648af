from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.messages import Message
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(hours=1)
WEB = ProjectSlug("gh", "acme", "web")
API = ProjectSlug("gh", "acme", "api")


async def _follow(tx: Tx, pipeline_id: str = "p1", number: int = 1, project: ProjectSlug = WEB) -> bool:
    return await tx.pipelines.follow(
        pipeline_id, project, number, branch="main", tag=None, snapshot='{"a": 1}', now=NOW
    )


async def _finish(tx: Tx, pipeline_id: str, next_look_at: datetime | None = None) -> None:
    await tx.pipelines.update(
        pipeline_id, "{}", "main", tag=None, finished_at=NOW, next_look_at=next_look_at, was_due_at=NOW
    )


async def test_a_pipeline_is_followed_once_and_due_at_once(store: Store) -> None:
    async with store.begin() as tx:
        assert await _follow(tx)
        assert not await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=SOON)
        [due] = await tx.pipelines.list_due(WEB, NOW, limit=10)
        assert due == FollowedPipeline("p1", WEB, 1, "main", None, '{"a": 1}', 1, None, NOW)
        assert await tx.pipelines.find("p1") == due
        assert await tx.pipelines.find("p2") is None


async def test_a_reading_is_kept_with_the_next_look(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await tx.pipelines.update("p1", '{"a": 2}', None, tag="v1", finished_at=NOW, next_look_at=SOON, was_due_at=NOW)
        read = await tx.pipelines.find("p1")
        assert read == FollowedPipeline("p1", WEB, 1, None, "v1", '{"a": 2}', 2, NOW, SOON)
        assert await tx.pipelines.list_due(WEB, NOW, limit=10) == []
        assert await tx.pipelines.list_due(WEB, SOON, limit=10) == [read]


async def test_who_hurries_a_pipeline_while_it_is_read_is_not_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await tx.pipelines.make_due("p1", SOON)
        await tx.pipelines.update("p1", "{}", None, tag=None, finished_at=NOW, next_look_at=LATER, was_due_at=NOW)
        assert [one.id for one in await tx.pipelines.list_due(WEB, SOON, limit=10)] == ["p1"]


async def test_a_pipeline_that_is_long_over_can_be_hurried(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await _finish(tx, "p1")
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at is None
        assert await tx.pipelines.make_due("p1", SOON) == WEB
        assert await tx.pipelines.make_due("nobody's", SOON) is None
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at == SOON
        await tx.pipelines.update("p1", "{}", None, tag=None, finished_at=NOW, next_look_at=None, was_due_at=SOON)
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at is None


async def test_the_longest_due_are_read_first(store: Store) -> None:
    async with store.begin() as tx:
        for number in (1, 2, 3):
            await _follow(tx, f"p{number}", number)
            await tx.pipelines.make_due(f"p{number}", NOW - timedelta(seconds=number))
        await _follow(tx, "other", 9, API)
        assert [one.id for one in await tx.pipelines.list_due(WEB, NOW, limit=2)] == ["p3", "p2"]


async def test_the_next_look_at_a_project_is_its_first_pipelines(store: Store) -> None:
    async with store.begin() as tx:
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at is None
        await _follow(tx, "p1", 1)
        await _follow(tx, "p2", 2)
        await _finish(tx, "p1", LATER)
        await _finish(tx, "p2", SOON)
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at == SOON


async def test_what_still_moves_is_unfinished(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx, "p1", 1)
        await _follow(tx, "p2", 2)
        await _finish(tx, "p1", SOON)
        assert [one.id for one in await tx.pipelines.list_unfinished([WEB])] == ["p2"]


async def test_what_moves_in_projects_is_told_by_versions_alone(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx, "p1", 1)
        await _follow(tx, "p2", 2)
        await _follow(tx, "other", 9, API)
        before = await tx.pipelines.list_moving_versions([WEB])
        await _finish(tx, "p1")
        assert set(before) == {"p1", "p2"}
        assert set(await tx.pipelines.list_moving_versions([WEB])) == {"p2"}
        assert {one.id for one in await tx.pipelines.list_by_ids(["p1", "other", "nobody's"])} == {"p1", "other"}
        assert await tx.pipelines.list_moving_versions([]) == {}


async def test_the_newest_pipelines_are_those_with_the_highest_numbers(store: Store) -> None:
    async with store.begin() as tx:
        for number in (2, 10, 9):
            await _follow(tx, f"p{number}", number)
        assert [one.number for one in await tx.pipelines.list_newest(WEB, limit=2)] == [10, 9]


async def test_a_pipeline_that_is_long_over_is_forgotten_with_its_cards(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await _finish(tx, "p1")
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by="UADA", now=NOW)
        await tx.cards.settle_sent(card, "17.1", NOW)
        await tx.outbox.insert("k1", "T1", "C1", message=Message("It failed"), card_id=card.id, now=NOW)
        [notice] = await tx.outbox.claim(NOW, 60, "one", limit=1)
        await tx.outbox.settle_sent(notice, "17.2", NOW)
        assert await tx.pipelines.prune(NOW) == 0
        assert await tx.pipelines.prune(LATER) == 1
        assert await tx.pipelines.find("p1") is None
        assert await tx.cards.list_for_pipeline("p1") == []


async def test_what_is_still_to_be_said_or_shown_keeps_its_pipeline(store: Store) -> None:
    async with store.begin() as tx:
        for number in (1, 2, 3):
            await _follow(tx, f"p{number}", number)
            await _finish(tx, f"p{number}")
        spoken = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await tx.cards.settle_sent(spoken, "17.1", NOW)
        await tx.outbox.insert("k1", "T1", "C1", message=Message("It failed"), card_id=spoken.id, now=NOW)
        await tx.cards.upsert("T1", "C1", "p2", asked_by=None, now=NOW)
        assert await tx.pipelines.prune(LATER) == 1
        assert [one.id for one in await tx.pipelines.list_newest(WEB, limit=10)] == ["p2", "p1"]


async def test_a_card_that_is_gone_keeps_no_pipeline(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await _finish(tx, "p1")
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await tx.cards.settle_undeliverable(card, "channel_not_found", NOW)
        assert await tx.pipelines.prune(LATER) == 1


async def test_what_still_moves_is_never_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        assert await tx.pipelines.prune(LATER) == 0


async def test_what_is_to_be_looked_at_soon_moves_and_what_long_waits_does_not(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx, "p1")
        await _follow(tx, "p2", 2, API)
        for project in (WEB, API):
            await tx.polled_projects.upsert(project, NOW)
        assert (await tx.pipelines.load_activity(WEB, SOON)).moving
        assert await tx.pipelines.has_moving("gh/acme", SOON)
        assert not await tx.pipelines.has_moving("gh/acm", SOON)
        await _finish(tx, "p2", SOON)
        await tx.pipelines.update("p1", "{}", "main", tag=None, finished_at=None, next_look_at=LATER, was_due_at=NOW)
        assert not (await tx.pipelines.load_activity(WEB, SOON)).moving
        assert not await tx.pipelines.has_moving("gh/acme", SOON)


async def test_a_look_is_brought_forward_and_never_put_off(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx)
        await tx.pipelines.update("p1", "{}", "main", tag=None, finished_at=None, next_look_at=LATER, was_due_at=NOW)
        await tx.pipelines.make_due_by("p1", SOON)
        await tx.pipelines.make_due_by("p1", LATER)
        assert (await tx.pipelines.load_activity(WEB, SOON)).next_look_at == SOON


async def test_what_is_as_it_was_known_is_put_off_unless_somebody_touched_it_meanwhile(store: Store) -> None:
    async with store.begin() as tx:
        for name in ("p1", "hurried", "written"):
            await _follow(tx, name)
        known = {one.id: one for one in await tx.pipelines.list_by_ids(["p1", "hurried", "written"])}
        await tx.pipelines.make_due("hurried", SOON)
        await tx.pipelines.update("written", "{}", "main", tag=None, finished_at=None, next_look_at=NOW, was_due_at=NOW)
        for one in known.values():
            await tx.pipelines.postpone(one, LATER)
        now = {one.id: one for one in await tx.pipelines.list_by_ids(known)}
    assert {name: one.next_look_at for name, one in now.items()} == {"p1": LATER, "hurried": SOON, "written": NOW}
    assert now["p1"] == replace(known["p1"], next_look_at=LATER), "nothing else of it is written"


async def test_what_could_not_be_read_for_long_is_overdue_unless_it_was_over(store: Store) -> None:
    async with store.begin() as tx:
        await _follow(tx, "p1")
        await _follow(tx, "p2", 2)
        await _follow(tx, "p3", 3, API)
        await _finish(tx, "p2", NOW)
        assert [one.id for one in await tx.pipelines.list_overdue(WEB, SOON)] == ["p1"]
        assert await tx.pipelines.list_overdue(WEB, NOW) == []
