"""The record of every act and refusal, a chain for each workspace, and where each chain ends; channels that get it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, false

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import metadata

audit = Table(
    "audit",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("act", Text, nullable=False),
    Column("result", String(16), nullable=False),
    Column("user", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("circleci_id", String(64), nullable=False),
    Column("login", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("pipeline_id", String(64), nullable=False, index=True),
    Column("pipeline_number", Integer),
    Column("branch", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("door", String(16), nullable=False),
    Column("channel", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("request", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_at", "workspace", "at"),
    Index("ix_audit_user", "workspace", "user", "seq"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Whoever appends holds the row of the chain, so that two processes never add after the same row."""

audit_channels = Table(
    "audit_channels",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("live", Boolean, nullable=False, server_default=false()),
    Column("daily", Boolean, nullable=False, server_default=false()),
)

audit_checks = Table(
    "audit_checks",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("whole_at", UtcDateTime),
    Column("fault_seq", Integer),
    Column("error", Text),
    Column("found_at", UtcDateTime),
)
"""How far each chain was read again, and what did not fit."""
