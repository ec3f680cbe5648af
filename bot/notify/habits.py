"""What a channel has said of itself, read in one go."""

from __future__ import annotations

from datetime import datetime

from bot.judging.placement import Habits
from bot.rules.hours import Hours
from bot.store.store import Tx


async def habits(tx: Tx, workspace: str, channel: str, now: datetime) -> Habits:
    hours = await tx.hours.get(workspace, channel)
    return Habits(hours or Hours(), await tx.mutes.of_channels(workspace, [channel], now))
