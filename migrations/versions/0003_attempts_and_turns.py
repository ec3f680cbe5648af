"""Attempts that can be looked up, notices that speak for older ones, and turns that replicas share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("cards", "outbox"):
        op.add_column(table, sa.Column("attempt", sa.String(32)))
        op.add_column(table, sa.Column("attempted_at", MOMENT))
    op.add_column("outbox", sa.Column("folded_into", sa.Integer()))
    op.create_index("ix_outbox_folded_into", "outbox", ["folded_into"])
    op.create_table(
        "turns",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "method", "channel", name="pk_turns"),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_index("ix_outbox_folded_into", "outbox")
    op.drop_column("outbox", "folded_into")
    for table in ("outbox", "cards"):
        op.drop_column(table, "attempted_at")
        op.drop_column(table, "attempt")
