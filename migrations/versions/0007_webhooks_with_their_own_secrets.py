"""Webhooks that we install, each with a secret of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hooks",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("hook_id", sa.String(64)),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT),
        sa.Column("proven_at", MOMENT),
        sa.Column("quiet_at", MOMENT),
        sa.Column("refused_at", MOMENT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("project", name="pk_hooks"),
        sa.UniqueConstraint("key", name="uq_hooks_key"),
    )
    op.create_index("ix_hooks_project_id", "hooks", ["project_id"])


def downgrade() -> None:
    op.drop_table("hooks")
