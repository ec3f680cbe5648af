"""The processes that listen to Slack, and what reached them: so that `circlebot doctor` knows what it cannot see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "listeners",
        sa.Column("holder", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connections", sa.Integer),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.Column("refused_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("listeners")
