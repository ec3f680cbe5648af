"""What people changed lately, so that it can be put back."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import build_partial_index, metadata

undos = Table(
    "undos",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("changes", Text, nullable=False),
    Column("notices", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("next_look_at", UtcDateTime),
    Column("undone_by", String(64)),
    Index(None, "workspace", "channel", "made_at"),
    build_partial_index("next_look_at IS NOT NULL", "ix_undos_open", "next_look_at"),
    sqlite_autoincrement=True,
)
