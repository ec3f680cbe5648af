"""Rules of channels, and the tables by which an outcome finds those that may want it.

`covers` says which projects a rule covers. Where it is `cued`, only outcomes that show one of the rule's `cues` are
meant (bot/rules/index_keys.py); what an older release has written is not, and is found by the project alone.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import metadata

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

covers = Table(
    "covers",
    metadata,
    Column("subscription_id", Integer, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("project", Text, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("cued", Boolean, nullable=False, server_default=false()),
    Index(None, "project", "cued"),
)

cues = Table(
    "cues",
    metadata,
    Column("subscription_id", Integer, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("cue", String(64), primary_key=True),
    ForeignKeyConstraint(
        ["subscription_id", "project"], ["covers.subscription_id", "covers.project"], ondelete="CASCADE"
    ),
    Index(None, "cue", "project", "subscription_id"),
)
