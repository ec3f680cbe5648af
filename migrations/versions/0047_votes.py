"""Several people approve together: what they approve, and their votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("expires_s", sa.Integer()),
        sa.Column("asks_reason", sa.Boolean(), nullable=False),
        sa.Column("approvers", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("caller", sa.String(64)),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("declined_why", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("escalates_at", sa.DateTime(timezone=True)),
        sa.Column("escalate_to", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "subject", name="pk_approvals"),
    )
    op.create_index("ix_approvals_pipeline_id", "approvals", ["pipeline_id"])
    op.create_index("ix_approvals_name", "approvals", ["workspace", "project", "name", "called_at"])
    op.create_table(
        "votes",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("circleci_id", sa.String(64), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("loss", sa.String(16)),
        sa.Column("lost_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace", "subject", "user", name="pk_votes"),
    )


def downgrade() -> None:
    op.drop_table("votes")
    op.drop_table("approvals")
