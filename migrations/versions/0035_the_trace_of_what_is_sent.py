"""What Slack is to show goes on with the trace of what caused it: in a table, since another process may send it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    for table in ("cards", "outbox"):
        op.add_column(table, sa.Column("trace", sa.String(55)))


def downgrade() -> None:
    for table in ("outbox", "cards"):
        op.drop_column(table, "trace")
