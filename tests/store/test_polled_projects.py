from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain import ProjectSlug
from bot.domain.project_feeds import TokenOwner
from bot.store.rate_limiter import POST, Bucket, RateLimit
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements, explain_plan

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LEASE_S = 60
SOON = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(seconds=LEASE_S + 1)
WEB = ProjectSlug("gh", "acme", "web")
API = ProjectSlug("gh", "acme", "api")


async def _claim(tx: Tx, now: datetime = NOW, holder: str = "one", limit: int = 100) -> list[ProjectSlug]:
    return [watch.project for watch in await tx.polled_projects.claim(now, LEASE_S, holder, limit=limit)]


async def test_a_new_watch_is_due_at_once_and_knows_nothing(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        [watch] = await tx.polled_projects.claim(NOW, LEASE_S, "one", limit=10)
    assert (watch.project, watch.cursor, watch.idle_rounds, watch.error) == (WEB, None, 0, None)
    assert watch.next_look_at == NOW


async def test_a_watch_is_looked_at_again_when_it_said(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await _claim(tx)
        await tx.polled_projects.settle(WEB, 41, SOON, idle_rounds=3, error="CircleCI is down.", holder="one")
        assert await _claim(tx, SOON - timedelta(seconds=1)) == []
        [watch] = await tx.polled_projects.claim(SOON, LEASE_S, "one", limit=10)
        assert (watch.cursor, watch.idle_rounds, watch.error) == (41, 3, "CircleCI is down.")
        await tx.polled_projects.settle(WEB, 42, SOON, idle_rounds=0, holder="one")
        assert [watch.error for watch in await tx.polled_projects.list_all()] == [None]


async def test_no_project_is_polled_by_two(store: Store, other_replica: Store) -> None:
    projects = [ProjectSlug("gh", "acme", f"p{number}") for number in range(60)]
    async with store.begin() as tx:
        for project in projects:
            await tx.polled_projects.upsert(project, NOW)

    async def drain(at: Store, holder: str) -> list[ProjectSlug]:
        claimed: list[ProjectSlug] = []
        for _ in range(12):
            async with at.begin() as tx:
                claimed += await _claim(tx, holder=holder, limit=3)
        return claimed

    claims = await asyncio.gather(*(drain(at, str(id(at))) for at in (store, other_replica) * 2))
    polled = [project for claimed in claims for project in claimed]
    assert len(polled) == len(set(polled))
    async with store.begin() as tx:
        polled += await _claim(tx)
    assert set(polled) == set(projects)


async def test_the_longest_due_come_first(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.upsert(API, NOW - timedelta(seconds=1))
        assert await _claim(tx, limit=1) == [API]
        assert await _claim(tx, limit=1) == [WEB]


async def test_a_lease_that_ran_out_hands_over(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        assert await _claim(tx, holder="dead") == [WEB]
        assert await _claim(tx, LATER - timedelta(seconds=2), holder="alive") == []
        assert await _claim(tx, LATER, holder="alive") == [WEB]


async def test_who_hurries_a_project_while_it_is_polled_is_not_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await _claim(tx)
        await tx.polled_projects.make_due(WEB, NOW + timedelta(seconds=1))
        await tx.polled_projects.settle(WEB, 41, LATER, idle_rounds=0, holder="one")
        assert await _claim(tx, NOW + timedelta(seconds=1)) == [WEB]
        await tx.polled_projects.settle(WEB, 41, LATER, idle_rounds=0, holder="one")
        assert await _claim(tx, NOW + timedelta(seconds=2)) == []


async def test_a_project_that_rests_is_looked_at_as_soon_as_somebody_asks_for_it(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await _claim(tx)
        await tx.polled_projects.settle(WEB, 41, LATER, idle_rounds=9, holder="one")
        await tx.polled_projects.upsert(WEB, SOON)
        [watch] = await tx.polled_projects.claim(SOON, LEASE_S, "one", limit=10)
        assert watch.cursor == 41


async def test_what_was_found_out_about_a_listing_during_a_poll_is_not_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        [watch] = await tx.polled_projects.claim(NOW, LEASE_S, "one", limit=10)
        await tx.polled_projects.force_relist(WEB, SOON, listed_at=SOON)
        await tx.polled_projects.update_cursor(watch, 41, NOW, listed_at=None)
        [watch] = await tx.polled_projects.list_all()
        assert (watch.cursor, watch.newest_at, watch.listed_at, watch.needs_own_listing) == (41, NOW, SOON, True)
        [watch] = await tx.polled_projects.claim(LATER, LEASE_S, "one", limit=10)
        await tx.polled_projects.update_cursor(watch, 42, NOW, listed_at=LATER)
        [watch] = await tx.polled_projects.list_all()
        assert (watch.cursor, watch.listed_at, watch.needs_own_listing) == (42, LATER, False)
        await tx.polled_projects.unlist_org("gh/acm", SOON)
        assert [one.listed_at for one in await tx.polled_projects.list_all()] == [LATER]
        await tx.polled_projects.unlist_org("gh/acme", SOON)
        assert [one.needs_own_listing for one in await tx.polled_projects.list_all()] == [True]


async def test_a_project_nobody_asks_for_is_dropped(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.upsert(API, NOW)
        await _claim(tx)
        await tx.polled_projects.delete(WEB, holder="one")
        assert [watch.project for watch in await tx.polled_projects.list_all()] == [API]


async def test_a_project_is_not_dropped_under_whoever_just_asked_for_it(store: Store, other_replica: Store) -> None:
    """A rule is added while the poller, which has not seen it yet, lets the project go."""
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await _claim(tx)
    async with other_replica.begin() as tx:
        await tx.polled_projects.upsert(WEB, SOON)
    async with store.begin() as tx:
        await tx.polled_projects.delete(WEB, holder="one")
        assert await _claim(tx, SOON) == [WEB]


async def test_whichever_is_first_a_project_that_is_asked_for_stays_watched(store: Store, other_replica: Store) -> None:
    async def poll() -> None:
        async with store.begin() as tx:
            await _claim(tx)
        async with store.begin() as tx:
            await tx.polled_projects.delete(WEB, holder="one")

    async def ask() -> None:
        async with other_replica.begin() as tx:
            await tx.polled_projects.upsert(WEB, SOON)

    for _ in range(20):
        async with store.begin() as tx:
            await tx.polled_projects.upsert(WEB, NOW)
        await asyncio.gather(poll(), ask())
        await ask()
        async with store.begin_read() as tx:
            assert [watch.project for watch in await tx.polled_projects.list_all()] == [WEB]


async def test_what_was_learned_of_a_project_and_who_read_it_is_kept(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        new = (await tx.polled_projects.list_for_projects([WEB]))[WEB]
        assert new.read_by is None
        learned = replace(new, default_branch="trunk", learned_at=NOW, organization_id="o1")
        await tx.polled_projects.update_details(learned)
        await tx.polled_projects.mark_read_by(WEB, TokenOwner("T1", "UADA"))
        watch = (await tx.polled_projects.list_for_projects([WEB]))[WEB]
        assert watch == replace(learned, read_by=TokenOwner("T1", "UADA"))
        await tx.polled_projects.mark_read_by(WEB, TokenOwner())
        assert (await tx.polled_projects.list_for_projects([WEB]))[WEB].read_by == TokenOwner()


async def test_who_was_frozen_for_longer_than_its_lease_settles_and_drops_nothing(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.claim(NOW, LEASE_S, "frozen", limit=1)
        await tx.polled_projects.claim(LATER, LEASE_S, "alive", limit=1)
        await tx.polled_projects.settle(WEB, 7, LATER, idle_rounds=0, holder="frozen")
        await tx.polled_projects.delete(WEB, holder="frozen")
        [watch] = await tx.polled_projects.list_all()
        assert watch.cursor is None
        assert await _claim(tx, LATER) == []
        await tx.polled_projects.settle(WEB, 9, LATER, idle_rounds=0, holder="alive")
        assert [watch.cursor for watch in await tx.polled_projects.list_all()] == [9]


async def test_an_organisation_and_the_turns_of_channels_are_found_by_indexes(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        with count_statements() as seen:
            assert await tx.polled_projects.list_projects("gh/acme") == [WEB]
            assert await tx.polled_projects.list_projects("gh/acm") == []
            assert len(await tx.polled_projects.list_unlisted("gh/acme")) == 1
            assert await tx.polled_projects.find_listed_longest_ago("gh/acme") is None
            assert not await tx.pipelines.has_moving("gh/acme", NOW)
            wishes = {Bucket("T", "C1"): 1, Bucket("T", "C2"): 1}
            assert await tx.rate_limiter.take(POST, wishes, RateLimit(1.0), now=NOW) == wishes
    await store.close()
    asked = [text for text in seen.texts if text.startswith("SELECT")]
    steps = [step for text in asked for step in explain_plan(tmp_path / "circlebot.db", text)]
    assert [step for step in steps if re.match("SCAN [a-z]", step)] == []
    assert len(asked) >= 6


async def test_a_look_that_is_asked_for_later_puts_off_none_that_was_to_be_sooner(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.make_due(WEB, NOW + timedelta(seconds=1))
        [polled] = await tx.polled_projects.list_all()
    assert polled.next_look_at == NOW
