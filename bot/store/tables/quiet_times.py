"""What holds for a while: a channel's hours and mutes, and what waits for a digest; freezes of projects."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import build_partial_index, metadata

hours = Table(
    "hours",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("zone", String(64), nullable=False),
    Column("quiet", String(16)),
    Column("weekends", Boolean, nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("about", String(300), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

freezes = Table(
    "freezes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("project", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("exempt", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_by", String(64)),
    Column("next_look_at", UtcDateTime),
    Index(None, "workspace", "until"),
    build_partial_index("next_look_at IS NOT NULL", "ix_freezes_open", "next_look_at"),
    sqlite_autoincrement=True,
)

kept = Table(
    "kept",
    metadata,
    Column("outcome_key", String(200), primary_key=True),
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("rule_id", Integer, nullable=False),
    Column("why", String(16), nullable=False),
    Column("by", String(64)),
    Column("due_at", UtcDateTime, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("digest", String(64), index=True),
    build_partial_index("digest IS NULL", "ix_kept_untold", "due_at"),
)
