"""Workspaces, the people connected there, what they asked for, and leases of the processes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, false

from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import OF_PROCESSES, build_partial_index, metadata

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
    Column("refresh_sealed", Text),
    Column("expires_at", UtcDateTime),
    Column("refused_at", UtcDateTime),
)

org_teams = Table(
    "org_teams",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("enterprise", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
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
    Column("expires_at", UtcDateTime),
    Column("scope", String(32)),
    Column("last_used_at", UtcDateTime),
    Column("expiry_told", Integer),
    Index(None, "workspace", "circleci_id"),
    build_partial_index("state = 'active'", "ix_accounts_active", "connected_at"),
)

oauth_clients = Table(
    "oauth_clients",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("host", String(200), primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("attempt_sealed", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("project", Text, nullable=False),
)

shared_channels = Table(
    "shared_channels",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("found_at", UtcDateTime, nullable=False),
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

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("lines", Text, nullable=False),
    Column("changed_by", String(64)),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("summary", Text, nullable=False),
)

admins = Table(
    "admins",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("who", String(64), primary_key=True),
    Column("added_by", String(64), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

project_marks = Table(
    "project_marks",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("scope", String(300), primary_key=True),
    Column("mark", String(32), primary_key=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

user_groups = Table(
    "user_groups",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("handle", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("members", Text, nullable=False),
    Column("is_shown", Boolean, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
)

presets = Table(
    "presets",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True, server_default="*"),
    Column("name", String(100), primary_key=True),
    Column("project", Text, nullable=False),
    Column("branch", Text),
    Column("tag", Text),
    Column("parameters", Text, nullable=False),
    Column("made_by", String(64)),
    Column("definition", Text),
    Column("config_branch", Text),
    Column("asked", Text, nullable=False, server_default="[]"),
)

choices = Table(
    "choices",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("project", Text, primary_key=True),
    Column("chosen_sealed", Text, nullable=False),
    Column("chosen_at", UtcDateTime, nullable=False),
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
    Column("in_place", Boolean, nullable=False, server_default=false()),
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

seen = Table(
    "seen",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", Text, key="leased_by", nullable=False),
    Column("until", UtcDateTime, key="leased_until", nullable=False),
)

listeners = Table(
    "listeners",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("connections", Integer),
    Column("heard_at", UtcDateTime),
    Column("refused_at", UtcDateTime),
    info={OF_PROCESSES: True},
)
