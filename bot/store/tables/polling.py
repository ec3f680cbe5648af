"""What we poll, the webhooks that help, and problems of rules."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint, false

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import metadata

watches = Table(
    "watches",
    metadata,
    Column("project", Text, primary_key=True),
    Column("cursor", Integer),
    Column("next_look_at", UtcDateTime, nullable=False, index=True),
    Column("idle_rounds", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("default_branch", Text),
    Column("project_id", String(64)),
    Column("called", Text),
    Column("learned_at", UtcDateTime),
    Column("read_by", Text),
    Column("newest_at", UtcDateTime),
    Column("listed_at", UtcDateTime),
    Column("doubted", Boolean, nullable=False, server_default=false()),
    Column("hurried", Boolean, nullable=False, default=False),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
    Column("organization_id", String(64)),
    Column("deploys_asked_at", UtcDateTime),
    Column("no_deploys_since", UtcDateTime),
)

listings = Table(
    "listings",
    metadata,
    Column("org", Text, primary_key=True),
    Column("reader", Text),
    Column("newest_at", UtcDateTime),
    Column("sought_at", UtcDateTime),
    Column("next_look_at", UtcDateTime, nullable=False, index=True),
    Column("idle_rounds", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
)

deploy_looks = Table(
    "deploy_looks",
    metadata,
    Column("pipeline_id", String(64), primary_key=True),
    Column("project", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("failures", Integer),
    Column("next_look_at", UtcDateTime, nullable=False, index=True),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
)

replays = Table(
    "replays",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("workspace", String(64), nullable=False, index=True),
    Column("project", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("listed_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("read", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("next_look_at", UtcDateTime, nullable=False, index=True),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
)

replayed = Table(
    "replayed",
    metadata,
    Column("replay", String(400), primary_key=True),
    Column("pipeline_id", String(64), primary_key=True),
    Column("workspace", String(64), nullable=False, index=True),
    Column("number", Integer, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("began_at", UtcDateTime, primary_key=True, index=True),
    Column("requests", Integer, nullable=False),
    Column("an_hour", Integer),
)

hooks = Table(
    "webhooks",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("project", Text, nullable=False, index=True),
    Column("project_id", String(64), nullable=False, index=True),
    Column("hook_id", String(64)),
    Column("url", Text, nullable=False),
    Column("secret_sealed", Text, nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime),
    Column("proven_at", UtcDateTime),
    Column("quiet_at", UtcDateTime),
    Column("refused_at", UtcDateTime),
    Column("error", Text),
    UniqueConstraint("workspace", "project"),
)

former_hooks = Table(
    "hooks",
    metadata,
    Column("project", Text, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("project_id", String(64), nullable=False, index=True),
    Column("hook_id", String(64)),
    Column("url", Text, nullable=False),
    Column("secret_sealed", Text, nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("user", String(64), nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime),
    Column("proven_at", UtcDateTime),
    Column("quiet_at", UtcDateTime),
    Column("refused_at", UtcDateTime),
    Column("error", Text),
)
"""Where the release before kept them, one a project; copied, no longer read, and dropped by the next release."""

troubles = Table(
    "troubles",
    metadata,
    Column("subscription_id", Integer, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("told_in", String(300), index=True),
    Column("over_at", UtcDateTime),
)
