"""Reminders of holds, from the announcement until they are due; no clock of a process counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select

from bot.store.rows import Noun
from bot.store.tables import reminders


@dataclass(frozen=True, slots=True)
class Reminder:
    """A hold (by the key of its outcome) of which a channel is to be reminded, if it still waits at `due_at`."""

    hold: str
    pipeline_id: str
    workspace: str
    channel: str
    due_at: datetime

    def is_for(self, workspace: str, channel: str) -> bool:
        return (self.workspace, self.channel) == (workspace, channel)


class Reminders(Noun):
    async def add(self, reminder: Reminder) -> bool:
        """False when it stands already."""
        return await self._insert_new(reminders, {name: getattr(reminder, name) for name in reminder.__slots__})

    async def of(self, pipeline_id: str) -> list[Reminder]:
        """All that stand, the next one first."""
        query = select(reminders).where(reminders.c.pipeline_id == pipeline_id).order_by(reminders.c.due_at)
        return [Reminder(**row) for row in (await self._connection.execute(query)).mappings()]

    async def next_at(self, pipeline_id: str) -> datetime | None:
        query = select(func.min(reminders.c.due_at)).where(reminders.c.pipeline_id == pipeline_id)
        at: datetime | None = await self._connection.scalar(query)
        return at

    async def take(self, pipeline_id: str, now: datetime) -> list[Reminder]:
        """What is due, for each hold and channel once however much had become due; it is ours to say."""
        due = and_(reminders.c.pipeline_id == pipeline_id, reminders.c.due_at <= now)
        taken = (await self._connection.execute(delete(reminders).where(due).returning(reminders))).mappings()
        newest: dict[tuple[str, str, str], Reminder] = {}
        for reminder in sorted((Reminder(**row) for row in taken), key=lambda one: one.due_at):
            newest[reminder.hold, reminder.workspace, reminder.channel] = reminder
        return list(newest.values())

    async def drop(self, holds: Collection[str]) -> None:
        """Nobody has to be reminded of these any more."""
        if holds:
            await self._connection.execute(delete(reminders).where(reminders.c.hold.in_(list(holds))))

    async def drop_all(self, pipeline_id: str) -> None:
        """It is over."""
        await self._connection.execute(delete(reminders).where(reminders.c.pipeline_id == pipeline_id))
