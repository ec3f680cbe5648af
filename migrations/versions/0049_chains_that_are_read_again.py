"""Upkeep reads the chains of the record again and again: how far it is, and what did not fit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "audit_checks",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.Column("fault_seq", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("found_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace", name="pk_audit_checks"),
    )


def downgrade() -> None:
    op.drop_table("audit_checks")
