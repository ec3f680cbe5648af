"""Who knows that other companies read a channel in which they have rules: by the keys of the outbox."""

from __future__ import annotations

from datetime import datetime

from bot.conversation import Place
from bot.messages import OutboxState
from bot.store.engine.statements import Repository
from bot.store.tables.publishing import outbox


class SharedChannelRepository(Repository):
    async def insert_confirmed(self, place: Place, user: str, now: datetime) -> None:
        """They have just confirmed it: a message with this key that comes later is not sent."""
        known = {"key": build_shared_key(place, user), "workspace": place.workspace, "channel": user}
        empty = {"broadcast": False, "message": "", "tries": 0, "published_at": now}
        settled = {"state": OutboxState.GONE, "reason": "decided", "settled_at": now}
        await self._insert_if_new(outbox, {**known, **empty, **settled})


def build_shared_key(place: Place, owner: str) -> str:
    return f"shared:{place.workspace}:{place.channel}:{owner}"
