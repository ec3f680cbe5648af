"""What is told again after a lost database: looked up in Slack first, and one summary of what is too old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from bot.messages import Message
from bot.store.tables.publishing import cards, outbox
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.slack_users import DEPLOYS

TOLD, MISSED = (1, 2, 3), (4, 5, 6)


async def _replay(harness: DeliveryHarness, *numbers: int, age: timedelta) -> None:
    """The rows of these pipelines, as a replay writes them."""
    then = harness.clock.now() - age
    for number in numbers:
        if number not in TOLD:
            await harness.enqueue(number)
    async with harness.store.begin() as tx:
        for table in (outbox, cards):
            await tx._connection.execute(delete(table))
        for number in numbers:
            card = await tx.cards.upsert(TEAM, DEPLOYS, f"p{number}", asked_by=None, now=then, doubted_since=then)
            key, said = f"p{number}:{DEPLOYS}:0", Message(f"#{number} failed")
            await tx.outbox.insert(key, TEAM, DEPLOYS, message=said, card_id=card.id, doubted_since=then, now=then)


async def test_what_stands_there_is_found_and_the_rest_is_told(harness: DeliveryHarness) -> None:
    for number in TOLD:
        await harness.enqueue(number, f"#{number} failed")
    await harness.run_delivery(turns=8)
    harness.clock.advance(60)
    await _replay(harness, *TOLD, *MISSED, age=timedelta(minutes=2))
    await harness.run_delivery(turns=20)
    posted = await harness.list_posted_keys()
    assert len(posted) == len(set(posted)) == 2 * len(TOLD + MISSED)


async def test_what_is_too_old_is_one_summary_without_what_stands_there(harness: DeliveryHarness) -> None:
    for number in TOLD:
        await harness.enqueue(number, f"#{number} failed")
    await harness.run_delivery(turns=8)
    before = await harness.list_posted_keys()
    harness.clock.advance(30 * 3600)
    await _replay(harness, *TOLD, *MISSED, age=timedelta(hours=31))
    for _ in range(4):
        await harness.run_delivery(turns=12)
        harness.clock.advance(31)
    told = (await harness.list_posted_keys())[len(before) :]
    assert len(told) == 1, told
    [summary] = [text for text in await harness.list_texts() if "For a while I could not post here" in text]
    assert "*3 things*" in summary
    async with harness.store.begin_read() as tx:
        assert await tx.undelivered.list_all(harness.clock.now()) == []
