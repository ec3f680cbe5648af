"""Which channels get the record of acts as it is written, and where its chain ends, once a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "audit_channels",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("daily", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_audit_channels"),
    )


def downgrade() -> None:
    op.drop_table("audit_channels")
