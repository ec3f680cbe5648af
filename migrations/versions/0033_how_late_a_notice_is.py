"""A notice says when the workflow ended that it tells of, and how that was found: so it is known how late it comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("outbox", sa.Column("found_by", sa.String(16)))


def downgrade() -> None:
    op.drop_column("outbox", "found_by")
    op.drop_column("outbox", "ended_at")
