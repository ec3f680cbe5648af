"""Which tests failed in a run, so that the next one can be held against it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "failed_tests",
        sa.Column("workflow_id", sa.String(64), nullable=False),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", name="pk_failed_tests"),
    )


def downgrade() -> None:
    op.drop_table("failed_tests")
