"""How many requests each token that polls made, in every ten minutes of the last hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("an_hour", sa.Integer()),
        sa.PrimaryKeyConstraint("workspace", "user", "began_at", name="pk_spending"),
    )
    op.create_index("ix_spending_began_at", "spending", ["began_at"])


def downgrade() -> None:
    op.drop_table("spending")
