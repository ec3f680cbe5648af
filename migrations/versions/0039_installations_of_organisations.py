"""Installations of whole organisations, and tokens that Slack rotates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "org_teams",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("enterprise", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_index("ix_org_teams_enterprise", "org_teams", ["enterprise"])
    op.add_column("installations", sa.Column("refresh_sealed", sa.Text))
    op.add_column("installations", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("installations", sa.Column("refused_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for column in ("refused_at", "expires_at", "refresh_sealed"):
        op.drop_column("installations", column)
    op.drop_index("ix_org_teams_enterprise", table_name="org_teams")
    op.drop_table("org_teams")
