from __future__ import annotations

from datetime import time

from bot.rules.quiet_hours import Hours
from bot.store.store import Store

NIGHTS = Hours("Europe/Berlin", (time(22), time(8, 30)), weekends=True)


async def test_a_channels_hours_read_back_as_they_were_set(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.hours.get("T", "C") is None
        await tx.hours.set("T", "C", Hours("UTC"))
        await tx.hours.set("T", "C", NIGHTS)
        assert await tx.hours.get("T", "C") == NIGHTS
        assert await tx.hours.get("T", "D") is None
        await tx.hours.forget("T", "C")
        assert await tx.hours.of_workspace("T") == {}


async def test_a_zone_is_proposed_to_a_channel_that_has_none(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hours.propose("T", "C", "Asia/Kolkata")
        await tx.hours.propose("T", "C", "Europe/Berlin")
        assert await tx.hours.of_workspace("T") == {"C": Hours("Asia/Kolkata")}
