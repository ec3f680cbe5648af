from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain import ProjectSlug
from bot.messages import Message
from bot.store.engine.engines import build_engines
from bot.store.store import Store
from bot.store.vault import Vault

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
async def replicas(postgres_url: str, key: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' stores on one PostgreSQL."""
    one, other = Store(postgres_url, Vault([key])), Store(postgres_url, Vault([key]))
    yield one, other
    await one.close()
    await other.close()


async def test_replicas_share_the_work_without_waiting_for_each_other(replicas: tuple[Store, Store]) -> None:
    """On PostgreSQL: what one is just claiming the other passes over."""
    one, other = replicas
    async with one.begin() as tx:
        for number in (1, 2):
            await tx.polled_projects.upsert(ProjectSlug("gh", "acme", f"p{number}"), NOW)
            await tx.cards.upsert("T1", f"C{number}", "p1", asked_by=None, now=NOW)
            await tx.outbox.insert(f"k{number}", "T1", f"C{number}", message=Message("It failed"), now=NOW)
    async with one.begin() as first, asyncio.timeout(10), other.begin() as second:
        for tx, expected in ((first, 1), (second, 2)):
            assert [watch.project.project for watch in await tx.polled_projects.claim(NOW, 60, "one", limit=1)] == [
                f"p{expected}"
            ]
            assert [card.channel for card in await tx.cards.claim(NOW, 60, "one", limit=1)] == [f"C{expected}"]
            assert [notice.key for notice in await tx.outbox.claim(NOW, 60, "one", limit=1)] == [f"k{expected}"]


async def test_what_one_transaction_writes_stands_or_falls_together(store: Store) -> None:
    async def write_and_raise() -> None:
        async with store.begin() as tx:
            card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
            await tx.outbox.insert("k1", "T1", "C1", message=Message("It failed"), card_id=card.id, now=NOW)
            assert await tx.processed_events.insert("slack:Ev1", NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_raise()
    async with store.begin() as tx:
        assert (await tx.backlog.load(NOW)).notices == 0
        assert await tx.cards.list_for_pipeline("p1") == []
        assert await tx.processed_events.insert("slack:Ev1", NOW)


async def test_a_cancelled_transaction_leaves_nothing_behind_and_its_connection_usable(store: Store) -> None:
    writing, never = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.begin() as tx:
            await tx.processed_events.insert("slack:Ev1", NOW)
            writing.set()
            await never.wait()

    task = asyncio.create_task(write())
    await writing.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5), store.begin() as tx:
        assert await tx.processed_events.insert("slack:Ev1", NOW)


async def test_each_transaction_is_measured_to_its_end(database_url: str, key: str) -> None:
    seen: list[str] = []

    @contextmanager
    def measure(kind: str) -> Iterator[None]:
        seen.append(f"{kind} begins")
        yield
        seen.append(f"{kind} ends")

    store = Store(database_url, Vault([key]), measure=measure)
    async with store.begin_read() as tx:
        await tx.backups.is_catching_up()
    async with store.begin() as tx:
        await tx.processed_events.insert("slack:Ev1", NOW)
        seen.append("written")
    await store.close()
    assert seen == ["read begins", "read ends", "write begins", "written", "write ends"]


@pytest.fixture
async def slow_store(database_url: str, key: str) -> AsyncIterator[tuple[Store, list[str]]]:
    """A store, and what happened to it in which order."""
    order: list[str] = []

    async def wait_for_disk() -> None:
        order.append("on the disk")

    store = Store(database_url, Vault([key]), engines=replace(build_engines(database_url), wait_for_disk=wait_for_disk))
    yield store, order
    await store.close()


async def test_who_is_woken_is_woken_at_the_commit_and_who_wrote_goes_on_once_it_is_on_the_disk(
    slow_store: tuple[Store, list[str]],
) -> None:
    store, order = slow_store
    async with store.begin() as tx:
        tx.call_on_commit(lambda: order.append("woken"))
        order.append("written")
    order.append("gone on")
    assert order == ["written", "woken", "on the disk", "gone on"]


async def test_what_a_start_finds_out_anew_waits_for_no_disk(slow_store: tuple[Store, list[str]]) -> None:
    store, order = slow_store
    async with store.begin(lasting=False) as tx:
        await tx.polled_projects.upsert(ProjectSlug("gh", "acme", "web"), NOW)
    assert order == []


async def test_nobody_is_woken_for_what_was_rolled_back(store: Store) -> None:
    woken: list[None] = []

    async def write_and_raise() -> None:
        async with store.begin() as tx:
            tx.call_on_commit(lambda: woken.append(None))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_raise()
    assert woken == []
