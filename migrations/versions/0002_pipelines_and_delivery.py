"""Pipelines, what happened in them, and what is to be shown and said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("watches", "pipelines", "outcomes", "deeds", "acts", "cards", "outbox")


def upgrade() -> None:
    _create_watches()
    _create_pipelines()
    _create_outcomes()
    _create_deeds()
    _create_acts()
    _create_cards()
    _create_outbox()


def _create_watches() -> None:
    op.create_table(
        "watches",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Integer()),
        sa.Column("next_look_at", MOMENT, nullable=False),
        sa.Column("idle_rounds", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("hurried", sa.Boolean(), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", MOMENT),
        sa.PrimaryKeyConstraint("project", name="pk_watches"),
    )
    op.create_index("ix_watches_next_look_at", "watches", ["next_look_at"])


def _create_pipelines() -> None:
    op.create_table(
        "pipelines",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("branch", sa.Text()),
        sa.Column("tag", sa.Text()),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("followed_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("next_look_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_pipelines"),
    )
    op.create_index("ix_pipelines_project_next_look_at", "pipelines", ["project", "next_look_at"])


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("pipeline_number", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.String(64)),
        sa.Column("branch", sa.Text()),
        sa.Column("tag", sa.Text()),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("known_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_pipeline_id", "outcomes", ["pipeline_id"])
    op.create_index(
        "ix_outcomes_project_workflow_pipeline_number", "outcomes", ["project", "workflow", "pipeline_number"]
    )


def _create_deeds() -> None:
    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
    )
    op.create_index("ix_deeds_pipeline_id", "deeds", ["pipeline_id"])


def _create_acts() -> None:
    op.create_table(
        "acts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_acts"),
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("ts", sa.String(32)),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(64)),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", MOMENT),
        sa.Column("gone_reason", sa.Text()),
        sa.Column("gone_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.UniqueConstraint("workspace", "channel", "pipeline_id", name="uq_cards_workspace_channel_pipeline_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cards_pipeline_id", "cards", ["pipeline_id"])
    unshown = sa.text("gone_at IS NULL AND wanted > shown")
    op.create_index("ix_cards_unshown", "cards", ["id"], sqlite_where=unshown, postgresql_where=unshown)


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("card_id", sa.Integer()),
        sa.Column("thread_ts", sa.String(32)),
        sa.Column("broadcast", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("not_before", MOMENT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", MOMENT),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("sent_ts", sa.String(32)),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_outbox_card_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state_workspace_channel_id", "outbox", ["state", "workspace", "channel", "id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
