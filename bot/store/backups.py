"""Backups that this database came from, and what has to be done after it was put back.

Between the backup and the restoration circlebot posted what this database does not know of. So whatever waits, and
whatever is published until everything was caught up with, counts as attempted since the backup was made: delivery looks
for it in Slack before it posts (bot/notify/deliver/idempotent_post.py). Ids that buttons name go on far above those
that were given in between: none may ever name another row.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Integer, delete, func, select, text, update

from bot.messages import OutboxState
from bot.store.engine.statements import Repository
from bot.store.tables.publishing import backups, cards, outbox
from bot.store.tables.schema import metadata

CAUGHT_UP_AFTER = timedelta(days=1)
"""By then everything that happened in between was read from CircleCI."""

_FAR_ABOVE = 100_000
"""More than any database gives ids between two backups."""

_SET_HIGHEST = {
    "postgresql": [text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest + 1, false)")],
    "sqlite": [
        text("DELETE FROM sqlite_sequence WHERE name = :name"),
        text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :highest)"),
    ],
}


class BackupRepository(Repository):
    async def insert(self, made_at: datetime) -> None:
        """This database is a backup, as it was at that moment."""
        await self._insert_if_new(backups, {"made_at": made_at, "restored_at": None})

    async def find_newest(self) -> datetime | None:
        """When the newest backup that this database came from was made."""
        newest: datetime | None = await self._connection.scalar(select(func.max(backups.c.made_at)))
        return newest

    async def mark_restored(self, made_at: datetime, now: datetime) -> None:
        """Whatever is posted from now on may have been posted since `made_at`."""
        await self._upsert(backups, {"made_at": made_at, "restored_at": now}, ["made_at"])
        doubtful = {"attempted_at": func.coalesce(outbox.c.attempted_at, made_at)}
        await self._connection.execute(update(outbox).where(outbox.c.state == OutboxState.QUEUED).values(doubtful))
        doubtful = {"attempted_at": func.coalesce(cards.c.attempted_at, made_at)}
        await self._connection.execute(update(cards).where(cards.c.ts.is_(None)).values(doubtful))
        await self.raise_ids(_FAR_ABOVE)

    async def raise_ids(self, by: int = 0) -> None:
        """The next id of each table is above its highest by so much."""
        set_highest = _SET_HIGHEST[self._connection.dialect.name]
        for table in metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c.id.type, Integer):
                highest = (await self._connection.scalar(select(func.max(table.c.id))) or 0) + by
                for statement in set_highest:
                    await self._connection.execute(statement, {"name": table.name, "highest": highest})

    async def is_catching_up(self) -> bool:
        """Whether this database was put back less than CAUGHT_UP_AFTER ago."""
        restored = select(func.count()).where(backups.c.restored_at.is_not(None))
        return bool(await self._connection.scalar(restored))

    async def forget_restorations(self, before: datetime) -> None:
        await self._connection.execute(delete(backups).where(backups.c.restored_at < before))
