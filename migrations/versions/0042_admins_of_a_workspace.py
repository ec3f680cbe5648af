"""Admins whom admins make so in Slack, beside those whom ADMIN_USERS names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "admins",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "who", name="pk_admins"),
    )


def downgrade() -> None:
    op.drop_table("admins")
