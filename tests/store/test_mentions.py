from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.messages import Mention
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MENTION = Mention("T1", "p1", "UADA", "w1:failed", "C1", NOW)


async def test_nobody_is_mentioned_twice_for_one_pipeline_in_one_workspace(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.mentions.insert(MENTION)
        assert not await tx.mentions.insert(replace(MENTION, channel="C2", outcome="w2:failed"))
        for other in ({"workspace": "T2"}, {"pipeline_id": "p2"}, {"mentioned": "UGRACE"}):
            assert await tx.mentions.insert(replace(MENTION, **other))
        assert [one.mentioned for one in await tx.mentions.list_for_pipeline("T1", "p1")] == ["UADA", "UGRACE"]


async def test_whoever_acts_on_it_may_be_told_anew(store: Store) -> None:
    async with store.begin() as tx:
        await tx.mentions.insert(MENTION)
        await tx.mentions.insert(replace(MENTION, mentioned="UGRACE"))
        await tx.mentions.delete_for_user("T1", "p1", "UADA")
        assert await tx.mentions.insert(MENTION)
        assert not await tx.mentions.insert(replace(MENTION, mentioned="UGRACE"))


async def test_old_ones_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.mentions.insert(MENTION)
        assert await tx.mentions.prune(NOW) == 0
        assert await tx.mentions.prune(NOW + timedelta(seconds=1)) == 1
