"""Channels that get the record as it is written, or where a chain ends, once a day."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, false

from bot.store.tables.schema import metadata

audit_channels = Table(
    "audit_channels",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("live", Boolean, nullable=False, server_default=false()),
    Column("daily", Boolean, nullable=False, server_default=false()),
)
