"""What is too long for a button, a menu or a form is kept, and known there by a key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "long_values",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64)),
        sa.Column("user", sa.String(64)),
        sa.Column("value_sealed", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_long_values"),
    )
    op.create_index("ix_long_values_kept_at", "long_values", ["kept_at"])


def downgrade() -> None:
    op.drop_table("long_values")
