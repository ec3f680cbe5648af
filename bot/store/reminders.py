"""Reminders of holds, from the announcement until they are due; no clock of a process counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from bot.conversation import Place
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.publishing import reminders

_OF_PIPELINE = bind_columns(reminders, "pipeline_id")
_ALL_OF_PIPELINE = select(reminders).where(_OF_PIPELINE).order_by(reminders.c.due_at)
_NEXT_AT = select(func.min(reminders.c.due_at)).where(_OF_PIPELINE)
_TAKE = delete(reminders).where(_OF_PIPELINE, reminders.c.due_at <= bindparam("now")).returning(reminders)
_DROP = delete(reminders).where(reminders.c.hold.in_(bindparam("holds", expanding=True)))
_HERE = bind_columns(reminders, "workspace", "channel")
_OF_PLACE = select(reminders.c.pipeline_id).where(_HERE).group_by(reminders.c.pipeline_id)
_PIPELINES = _OF_PLACE.order_by(func.min(reminders.c.due_at))
_TO_COME = select(reminders.c.hold).where(_HERE, reminders.c.hold.in_(bindparam("holds", expanding=True)))
_STOP = _DROP.where(_HERE)
_DROP_ALL = delete(reminders).where(_OF_PIPELINE)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A hold (by the key of its outcome) of which a channel is to be reminded, if it still waits at `due_at`."""

    hold: str
    pipeline_id: str
    workspace: str
    channel: str
    due_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)


class ReminderRepository(Repository):
    async def insert(self, reminder: Reminder) -> bool:
        """False when there is the same already."""
        return await self._insert_if_new(reminders, {name: getattr(reminder, name) for name in reminder.__slots__})

    async def list_for_pipeline(self, pipeline_id: str) -> list[Reminder]:
        """The next one first."""
        found = await self._connection.execute(_ALL_OF_PIPELINE, {"pipeline_id": pipeline_id})
        return [Reminder(**row) for row in found.mappings()]

    async def list_pipelines(self, workspace: str, channel: str) -> list[str]:
        """The ids of those of which the channel is to be reminded, the next one first."""
        return list(await self._connection.scalars(_PIPELINES, {"workspace": workspace, "channel": channel}))

    async def list_scheduled_holds(self, holds: Sequence[str], workspace: str, channel: str) -> list[str]:
        """Those of these holds of which the channel is to be reminded, in the order in which they are given."""
        these = {"holds": list(holds), "workspace": workspace, "channel": channel}
        found = set(await self._connection.scalars(_TO_COME, these))
        return [hold for hold in holds if hold in found]

    async def find_next_due_at(self, pipeline_id: str) -> datetime | None:
        at: datetime | None = await self._connection.scalar(_NEXT_AT, {"pipeline_id": pipeline_id})
        return at

    async def take(self, pipeline_id: str, now: datetime) -> list[Reminder]:
        """What is due, for each hold and channel once however much had become due; it is ours to say."""
        taken = (await self._connection.execute(_TAKE, {"pipeline_id": pipeline_id, "now": now})).mappings()
        newest: dict[tuple[str, str, str], Reminder] = {}
        for reminder in sorted((Reminder(**row) for row in taken), key=lambda one: one.due_at):
            newest[reminder.hold, reminder.workspace, reminder.channel] = reminder
        return list(newest.values())

    async def delete_for_holds(self, holds: Collection[str]) -> None:
        """Nobody has to be reminded of these any more."""
        if holds:
            await self._connection.execute(_DROP, {"holds": list(holds)})

    async def delete_for_channel(self, holds: Collection[str], workspace: str, channel: str) -> None:
        """This channel no longer wants reminders of these."""
        await self._connection.execute(_STOP, {"holds": list(holds), "workspace": workspace, "channel": channel})

    async def delete_for_pipeline(self, pipeline_id: str) -> None:
        """It is over."""
        await self._connection.execute(_DROP_ALL, {"pipeline_id": pipeline_id})
