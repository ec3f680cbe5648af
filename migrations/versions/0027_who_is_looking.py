"""People say that they are looking into a failure: the cards of its branch show who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "lookers",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "project", "ref", "user", name="pk_lookers"),
    )
    op.create_index("ix_lookers_project_ref", "lookers", ["project", "ref"])


def downgrade() -> None:
    op.drop_table("lookers")
