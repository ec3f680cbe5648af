"""A database that was put back from a backup says so: what is posted then may be in Slack already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("made_at", name="pk_backups"),
    )


def downgrade() -> None:
    op.drop_table("backups")
