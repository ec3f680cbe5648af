"""A lease that is renewed in time stays; one that is somebody else's by now is left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import ProjectSlug
from bot.messages import Message
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=13)
WEB = ProjectSlug("gh", "acme", "web")


async def _card(tx: Tx) -> None:
    await tx.pipelines.follow("p1", WEB, 1, "main", None, "{}", NOW)
    await tx.cards.upsert("T1", "C1", "p1", None, NOW)


async def _notice(tx: Tx) -> None:
    await tx.outbox.insert("k1", "T1", "C1", Message("x"), now=NOW)


Begin = Callable[[Tx], Awaitable[None]]


@pytest.mark.parametrize(("noun", "begin"), [("cards", _card), ("outbox", _notice)])
async def test_a_renewed_lease_outlives_its_first_end_and_only_for_its_attempt(
    store: Store, noun: str, begin: Begin
) -> None:
    async with store.begin() as tx:
        await begin(tx)
        rows = getattr(tx, noun)
        [first] = await rows.claim(NOW, 12, "one", 10)
        assert await rows.renew(first, NOW + timedelta(seconds=16))
        assert await rows.claim(LATER, 12, "two", 10) == []
        assert len(await rows.claim(NOW + timedelta(seconds=17), 12, "one", 10)) == 1
        assert not await rows.renew(first, NOW + timedelta(hours=1))
        assert len(await rows.claim(NOW + timedelta(seconds=30), 12, "three", 10)) == 1


async def test_a_renewed_lease_of_a_project_outlives_its_first_end_and_only_for_its_holder(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        assert len(await tx.polled_projects.claim(NOW, 12, "one", 10)) == 1
        await tx.polled_projects.renew(WEB, "two", NOW + timedelta(hours=1))
        await tx.polled_projects.renew(WEB, "one", NOW + timedelta(seconds=16))
        assert await tx.polled_projects.claim(LATER, 12, "two", 10) == []
        assert len(await tx.polled_projects.claim(NOW + timedelta(seconds=17), 12, "two", 10)) == 1
        await tx.polled_projects.renew(WEB, "one", NOW + timedelta(hours=1))
        assert len(await tx.polled_projects.claim(NOW + timedelta(seconds=30), 12, "three", 10)) == 1
