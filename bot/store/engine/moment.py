"""Moments in the database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, TypeDecorator, text

from bot.store.engine.adapters import DatabaseConnection

_NOW = {
    "sqlite": text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
    "postgresql": text("SELECT clock_timestamp()"),
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime, also on SQLite, which keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


async def read_now(connection: DatabaseConnection) -> datetime:
    """What time it is for the database."""
    moment: datetime | str = (await connection.execute(_NOW[connection.dialect.name])).scalar_one()
    return datetime.fromisoformat(moment) if isinstance(moment, str) else moment
