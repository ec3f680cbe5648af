"""What a notice says in one line in the channel, it says in full in the thread below: the details follow it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("details", sa.Text()))


def downgrade() -> None:
    op.drop_column("outbox", "details")
