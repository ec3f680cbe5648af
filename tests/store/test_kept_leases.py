"""A lease that is renewed in time stays; one that is somebody else's by now is left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain import Message, ProjectSlug
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=13)
WEB = ProjectSlug("gh", "acme", "web")

Begin = Callable[[Tx], Awaitable[Any]]


async def _card(tx: Tx) -> int:
    await tx.pipelines.follow("p1", WEB, 1, "main", None, "{}", NOW)
    return (await tx.cards.want("T1", "C1", "p1", None, NOW)).id


async def _notice(tx: Tx) -> int:
    await tx.outbox.add("k1", "T1", "C1", Message("x"), now=NOW)
    return 1


async def _watch(tx: Tx) -> ProjectSlug:
    await tx.watches.ensure(WEB, NOW)
    return WEB


@pytest.mark.parametrize(("noun", "begin"), [("cards", _card), ("outbox", _notice), ("watches", _watch)])
async def test_a_renewed_lease_outlives_its_first_end_and_only_for_its_holder(
    store: Store, noun: str, begin: Begin
) -> None:
    async with store.begin() as tx:
        key, rows = await begin(tx), getattr(tx, noun)
        assert len(await rows.claim(NOW, 12, "one", 10)) == 1
        await rows.keep(key, "two", NOW + timedelta(hours=1))
        await rows.keep(key, "one", NOW + timedelta(seconds=16))
        assert await rows.claim(LATER, 12, "two", 10) == []
        assert len(await rows.claim(NOW + timedelta(seconds=17), 12, "two", 10)) == 1
        await rows.keep(key, "one", NOW + timedelta(hours=1))
        assert len(await rows.claim(NOW + timedelta(seconds=30), 12, "three", 10)) == 1
