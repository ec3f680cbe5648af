"""A message that breaks its sending, every time: it stands in nobody's way, and is not forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.store.tables.publishing import outbox
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import DeliveryHarness, run_delivery_harness
from tests.plugins.slack_users import WEB

DAMAGED = ["no JSON", "[]", '{"text": "It failed", "blocks": 7}']


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[DeliveryHarness]:
    async with run_delivery_harness(await create_database(tmp_path)) as one:
        yield one


async def _damage(harness: DeliveryHarness, text: str) -> None:
    """The oldest notice, as a failing disk or a later release might."""
    async with harness.store.begin() as tx:
        await tx._connection.execute(update(outbox).where(outbox.c.id == 1).values(message=text))


async def _pass_seconds(harness: DeliveryHarness, seconds: int) -> None:
    for _ in range(seconds // 15):
        harness.clock.advance(15)
        await harness.run_delivery()


@pytest.mark.parametrize("text", DAMAGED)
async def test_everything_else_is_posted_and_it_is_tried_again_every_ten_minutes(
    text: str, harness: DeliveryHarness
) -> None:
    await harness.enqueue(1, "Poison", "Second", "Third")
    await harness.enqueue(2, "Elsewhere", channel=WEB)
    await _damage(harness, text)
    await harness.run_delivery()
    assert "Elsewhere" in await harness.list_texts(WEB), "another channel does not wait for it"
    await _pass_seconds(harness, 60)
    assert {"Second", "Third"} <= set(await harness.list_texts()), "after three tries its own does not either"
    await harness.enqueue(3, "Fourth")
    await harness.run_delivery()
    assert "Fourth" in await harness.list_texts(), "nor does what comes later"
    await _damage(harness, '{"text": "Mended", "blocks": []}')
    await _pass_seconds(harness, 300)
    assert "Mended" not in await harness.list_texts(), "it is left alone for a while"
    await _pass_seconds(harness, 330)
    assert (await harness.list_texts()).count("Mended") == 1
