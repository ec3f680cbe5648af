from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions import freeze_changes
from bot.store.store import Store, Tx
from tests.rules.test_project_freeze import FREEZE, WEB

HOUR = timedelta(hours=1)
SINCE = FREEZE.since


async def _draw_what_ended(tx: Tx, pipeline_id: str, number: int, at: datetime) -> None:
    await tx.pipelines.follow(pipeline_id, WEB, number, branch=None, tag=None, snapshot="{}", now=at)
    await tx.pipelines.update(pipeline_id, "{}", None, tag=None, finished_at=at, next_look_at=None, was_due_at=at)
    await tx.cards.upsert("T1", "C1", pipeline_id, asked_by=None, now=at)
    await _draw_all(tx, at)


async def _draw_all(tx: Tx, at: datetime) -> set[str]:
    drawn = await tx.cards.claim(at, 60, "one", limit=100)
    for card in drawn:
        await tx.cards.settle_sent(card, "17.1", at)
    return {card.pipeline_id for card in drawn}


async def test_cards_of_what_ended_say_so_too_and_no_longer_once_it_is_over(store: Store) -> None:
    async with store.begin() as tx:
        freeze = replace(FREEZE, id=await tx.freezes.insert(FREEZE))
        await _draw_what_ended(tx, "last-week", 1, SINCE - timedelta(days=7))
        await _draw_what_ended(tx, "this-morning", 2, SINCE - HOUR)
        await freeze_changes.announce_turn(tx, freeze, SINCE)
        assert await _draw_all(tx, SINCE) == {"this-morning"}
        await _draw_what_ended(tx, "meanwhile", 3, SINCE + 30 * HOUR)
        over = freeze.end(SINCE + 31 * HOUR, "UADA")
        await freeze_changes.announce_turn(tx, over, over.until)
        assert await _draw_all(tx, over.until) == {"this-morning", "meanwhile"}
