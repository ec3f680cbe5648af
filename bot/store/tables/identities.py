"""Who is who: logins, wishes for direct messages, mentions; and workspaces that left."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import metadata

logins = Table(
    "logins",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("folded", String(200), primary_key=True, index=True),
    Column("login", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("messages", Text, nullable=False),
)

languages = Table(
    "languages",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("chosen", String(16)),
    Column("locale", String(35)),
)

greetings = Table(
    "greetings",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("greeted_at", UtcDateTime, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("pipeline_id", String(64), primary_key=True),
    Column("mentioned", String(64), primary_key=True),
    Column("outcome", String(200), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("mentioned_at", UtcDateTime, nullable=False),
)

departures = Table(
    "departures",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("left_at", UtcDateTime, nullable=False),
)
