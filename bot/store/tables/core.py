"""The tables. Private to bot/store: everybody else speaks with the nouns.

`sqlite_autoincrement` where an id is named outside the database (a button, a key): it must never name another row.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.store.engine.moment import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def build_partial_index(condition: str, name: str, *columns: str) -> Index:
    """An index of those rows and no others."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


installations = Table(
    "installations",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("enterprise", String(64)),
    Column("bot_user", String(64), nullable=False),
    Column("bot_id", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installed_by", String(64)),
    Column("installed_at", UtcDateTime, nullable=False),
    Column("token_sealed", Text, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("circleci_id", String(64), nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("connected_at", UtcDateTime, nullable=False),
    Column("token_sealed", Text, nullable=False),
    Index(None, "workspace", "circleci_id"),
    build_partial_index("state = 'active'", "ix_accounts_active", "connected_at"),
)

channels = Table(
    "channels",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("project", Text, nullable=False),
)

waiting = Table(
    "waiting",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("line", Text, nullable=False),
    Column("channel", String(64)),
    Column("reply_to_sealed", Text),
    Column("thread_ts", String(32)),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("written", Boolean, nullable=False, server_default=false()),
    Column("line_sealed", Text),
)

acts = Table(
    "acts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("line", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("result", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

deeds = Table(
    "deeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pipeline_id", String(64), nullable=False, index=True),
    Column("workspace", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("done_at", UtcDateTime, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("project", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    UniqueConstraint("workspace", "channel", "digest", name="uq_subscriptions_rule"),
    sqlite_autoincrement=True,
)

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
    Column("happened_at", UtcDateTime, nullable=False),
    Column("known_at", UtcDateTime, nullable=False),
    Index(None, "project", "workflow", "pipeline_number"),
)

failed_tests = Table(
    "failed_tests",
    metadata,
    Column("workflow_id", String(64), primary_key=True),
    Column("failed", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
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
    Column("attempted_at", UtcDateTime),
    UniqueConstraint("workspace", "channel", "pipeline_id"),
    build_partial_index("gone_at IS NULL AND wanted > shown", "ix_cards_unshown", "workspace", "channel", "id"),
    sqlite_autoincrement=True,
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
    Column("attempted_at", UtcDateTime),
    Column("folded_into", Integer, index=True),
    Column("about", String(64), index=True),
    Column("holds", Text),
    Column("good_until", UtcDateTime),
    Column("revision", Integer),
    Column("shown", Integer),
    Column("project", Text),
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

seen = Table(
    "seen",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", String(64), nullable=False, index=True),
    Column("command", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("users", Text, nullable=False),
)

presets = Table(
    "presets",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("project", Text, nullable=False),
    Column("branch", Text),
    Column("tag", Text),
    Column("parameters", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", Text, key="leased_by", nullable=False),
    Column("until", UtcDateTime, key="leased_until", nullable=False),
)
