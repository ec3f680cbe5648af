from __future__ import annotations

from datetime import time

from bot.rules.quiet_hours import QuietHours
from bot.store.store import Store

NIGHTS = QuietHours("Europe/Berlin", (time(22), time(8, 30)), weekends=True)


async def test_a_channels_hours_read_back_as_they_were_set(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.hours.find("T", "C") is None
        await tx.hours.upsert("T", "C", QuietHours("UTC"))
        await tx.hours.upsert("T", "C", NIGHTS)
        assert await tx.hours.find("T", "C") == NIGHTS
        assert await tx.hours.find("T", "D") is None
        await tx.hours.delete("T", "C")
        assert await tx.hours.list_for_workspace("T") == {}


async def test_a_zone_is_proposed_to_a_channel_that_has_none(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hours.insert_zone("T", "C", "Asia/Kolkata")
        await tx.hours.insert_zone("T", "C", "Europe/Berlin")
        assert await tx.hours.list_for_workspace("T") == {"C": QuietHours("Asia/Kolkata")}
