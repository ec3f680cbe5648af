"""Who asked for a start that waits, by what CircleCI calls them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("start_requests", sa.Column("circleci_id", sa.String(64)))


def downgrade() -> None:
    op.drop_column("start_requests", "circleci_id")
