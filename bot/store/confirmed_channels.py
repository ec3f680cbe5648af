"""Channels that other companies read, and who knows it of those who have rules there: by the keys of the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.conversation import Place
from bot.messages import OutboxState
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.publishing import outbox
from bot.store.tables.workspaces import shared_channels

_KNOWN = select(shared_channels).where(bind_columns(shared_channels, "workspace", "channel"))
_GONE = delete(shared_channels).where(bind_columns(shared_channels, "workspace", "channel"))


class SharedChannelRepository(Repository):
    async def is_known(self, place: Place) -> bool:
        return (await self._connection.execute(_KNOWN, place._asdict())).first() is not None

    async def list_all(self) -> list[Place]:
        rows = await self._connection.execute(select(shared_channels))
        return [Place(row.workspace, row.channel) for row in rows]

    async def insert(self, place: Place, now: datetime) -> None:
        await self._insert_if_new(shared_channels, {**place._asdict(), "found_at": now})

    async def delete(self, place: Place) -> None:
        """Nobody else reads there: whoever was told is told again if that changes."""
        if (await self._connection.execute(_GONE, place._asdict())).rowcount:
            told = outbox.c.key.startswith(build_shared_key(place, ""), autoescape=True)
            await self._connection.execute(delete(outbox).where(told))

    async def insert_confirmed(self, place: Place, user: str, now: datetime) -> None:
        """They have just confirmed it: a message with this key that comes later is not sent."""
        known = {"key": build_shared_key(place, user), "workspace": place.workspace, "channel": user}
        empty = {"broadcast": False, "message": "", "tries": 0, "published_at": now}
        settled = {"state": OutboxState.GONE, "reason": "decided", "settled_at": now}
        await self._insert_if_new(outbox, {**known, **empty, **settled})


def build_shared_key(place: Place, owner: str) -> str:
    return f"shared:{place.workspace}:{place.channel}:{owner}"
