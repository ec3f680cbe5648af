"""Pipelines that we follow, their outcomes, and what Slack is to show of them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import build_partial_index, metadata
from bot.tracing import get_traceparent

backups = Table(
    "backups",
    metadata,
    Column("made_at", UtcDateTime, primary_key=True),
    Column("restored_at", UtcDateTime),
)

_restored_from = select(func.min(backups.c.made_at)).where(backups.c.restored_at.is_not(None)).scalar_subquery()
"""After a restoration whatever is to be posted may be in Slack already: delivery looks before it posts."""

pipelines = Table(
    "pipelines",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("branch", Text),
    Column("tag", Text),
    Column("snapshot", Text, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("followed_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("next_look_at", UtcDateTime),
    Index(None, "project", "next_look_at"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("status", String(64), nullable=False),
    Column("project", Text, nullable=False),
    Column("pipeline_id", String(64), nullable=False, index=True),
    Column("pipeline_number", Integer, nullable=False),
    Column("workflow", Text, nullable=False),
    Column("workflow_id", String(64)),
    Column("branch", Text),
    Column("tag", Text),
    Column("actor", Text),
    Column("trigger", Text, nullable=False),
    Column("on_default", Boolean, nullable=False),
    Column("busy_s", Float),
    Column("failing", Text),
    Column("classes", Text),
    Column("streak", Integer),
    Column("pace", Float),
    Column("deploy", Text),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("known_at", UtcDateTime, nullable=False),
    Index(None, "project", "workflow", "pipeline_number"),
    build_partial_index("deploy IS NOT NULL", "ix_outcomes_deploys", "project", "happened_at"),
)

failed_tests = Table(
    "failed_tests",
    metadata,
    Column("workflow_id", String(64), primary_key=True),
    Column("failed", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
)

lookers = Table(
    "lookers",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("project", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("since_at", UtcDateTime, nullable=False),
    Index(None, "project", "ref"),
)

cards = Table(
    "cards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("pipeline_id", String(64), nullable=False, index=True),
    Column("ts", String(32)),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("asked_by", String(64)),
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
    Column("gone_reason", Text),
    Column("gone_at", UtcDateTime),
    Column("attempt", String(32)),
    Column("attempted_at", UtcDateTime, default=_restored_from),
    Column("trace", String(55), default=get_traceparent),
    UniqueConstraint("workspace", "channel", "pipeline_id"),
    build_partial_index("gone_at IS NULL AND wanted > shown", "ix_cards_unshown", "workspace", "channel", "id"),
    sqlite_autoincrement=True,
)

boards = Table(
    "boards",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("project", Text, index=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("pin", String(64)),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("card_id", Integer, ForeignKey("cards.id"), index=True),
    Column("thread_ts", String(32)),
    Column("broadcast", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("not_before", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
    Column("published_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("sent_ts", String(32)),
    Column("attempt", String(32)),
    Column("attempted_at", UtcDateTime, default=_restored_from),
    Column("folded_into", Integer, index=True),
    Column("about", String(64), index=True),
    Column("holds", Text),
    Column("good_until", UtcDateTime),
    Column("revision", Integer),
    Column("shown", Integer),
    Column("project", Text),
    Column("details", Text),
    Column("ended_at", UtcDateTime),
    Column("found_by", String(16)),
    Column("trace", String(55), default=get_traceparent),
    build_partial_index("state = 'queued'", "ix_outbox_queued", "workspace", "channel", "id"),
    build_partial_index("sent_ts IS NOT NULL AND revision > shown", "ix_outbox_unshown", "id"),
    build_partial_index("sent_ts IS NOT NULL", "ix_outbox_sent_ts", "sent_ts"),
    sqlite_autoincrement=True,
)

reminders = Table(
    "reminders",
    metadata,
    Column("hold", String(200), primary_key=True),
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("due_at", UtcDateTime, primary_key=True),
    Column("pipeline_id", String(64), nullable=False),
    Index(None, "pipeline_id", "due_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("method", String(16), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
)
