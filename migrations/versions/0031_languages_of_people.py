"""What a person reads is in the language that they chose, or in that of their Slack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "languages",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("chosen", sa.String(16)),
        sa.Column("locale", sa.String(35)),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_languages"),
    )


def downgrade() -> None:
    op.drop_table("languages")
