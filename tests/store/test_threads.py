from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain import ProjectSlug
from bot.messages import About, Message
from bot.store.store import Store
from bot.store.threads import PipelineThread

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")


@pytest.fixture
async def known(store: Store) -> Store:
    """Two pipelines that are followed; the card of p1 stands in C1."""
    async with store.begin() as tx:
        for number in (1, 2):
            await tx.pipelines.follow(f"p{number}", WEB, number, branch="main", tag=None, snapshot="{}", now=NOW)
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        (card,) = await tx.cards.claim(NOW, 12, "me", limit=1)
        await tx.cards.settle_sent(card, "1.1", NOW)
    return store


@pytest.mark.parametrize(
    ("its_key", "about"),
    [("any:digest", None), ("dm:failed:p2:1:T1:U1", "p2"), ("holds", "p2"), ("dm:none:9:T1:U1", None)],
)
async def test_a_direct_message_is_about_the_pipeline_that_it_tells_of(
    known: Store, its_key: str, about: str | None
) -> None:
    async with known.begin() as tx:
        holds = About("p2", ("h1",)) if its_key == "holds" else None
        await tx.outbox.insert(its_key, "T1", "U1", message=Message("It failed"), about=holds, now=NOW)
        (notice,) = await tx.outbox.claim(NOW, 12, "me", limit=1)
        await tx.outbox.settle_sent(notice, "2.2", NOW)
        assert await tx.threads.find("T1", ["D1", "U1"], "2.2") == (PipelineThread(about, WEB) if about else None)


async def test_a_card_is_about_its_pipeline_where_it_stands_and_nowhere_else(known: Store) -> None:
    async with known.begin_read() as tx:
        assert await tx.threads.find("T1", ["C1", "U1"], "1.1") == PipelineThread("p1", WEB)
        for workspace, channel, ts in (("T1", "C1", "1.2"), ("T1", "C2", "1.1"), ("T2", "C1", "1.1")):
            assert await tx.threads.find(workspace, [channel], ts) is None
