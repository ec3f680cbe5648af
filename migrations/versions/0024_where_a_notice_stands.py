"""A notice is found by where it stands: the thread below it is about what it tells of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    stands = sa.text("sent_ts IS NOT NULL")
    op.create_index("ix_outbox_sent_ts", "outbox", ["sent_ts"], sqlite_where=stands, postgresql_where=stands)


def downgrade() -> None:
    op.drop_index("ix_outbox_sent_ts", "outbox")
