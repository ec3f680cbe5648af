"""People, workspaces, rules and what is known of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("installations", "accounts", "channels", "waiting", "subscriptions", "policies", "presets", "seen", "leases")


def upgrade() -> None:
    _create_installations()
    _create_accounts()
    _create_channels()
    _create_waiting()
    _create_subscriptions()
    _create_policies()
    _create_presets()
    _create_seen()
    _create_leases()


def _create_installations() -> None:
    op.create_table(
        "installations",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.String(64)),
        sa.Column("bot_user", sa.String(64), nullable=False),
        sa.Column("bot_id", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("installed_by", sa.String(64)),
        sa.Column("installed_at", MOMENT, nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_installations"),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("circleci_id", sa.String(64), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_accounts"),
    )


def _create_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channels"),
    )


def _create_waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(64)),
        sa.Column("reply_to_sealed", sa.Text()),
        sa.Column("thread_ts", sa.String(32)),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_waiting"),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("only", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint(
            "workspace", "channel", "project", "branch", "workflow", "only", name="uq_subscriptions_rule"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_project", "subscriptions", ["project"])


def _create_policies() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("command", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("users", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
    )
    op.create_index("ix_policies_workspace", "policies", ["workspace"])


def _create_presets() -> None:
    op.create_table(
        "presets",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text()),
        sa.Column("tag", sa.Text()),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_presets"),
    )


def _create_seen() -> None:
    op.create_table(
        "seen",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seen"),
    )


def _create_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
