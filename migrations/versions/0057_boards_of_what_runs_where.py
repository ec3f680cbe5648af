"""A channel's board of what runs where: its scope, who wanted it, and whether it is pinned. Its card is its message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(64), primary_key=True),
        sa.Column("project", sa.Text()),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pin", sa.String(64)),
    )
    op.create_index("ix_boards_project", "boards", ["project"])


def downgrade() -> None:
    op.drop_table("boards")
