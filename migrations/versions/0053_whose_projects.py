"""Which organisation a project is of, by CircleCI's id: deploys are asked for with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.add_column("watches", sa.Column("organization_id", sa.String(64)))


def downgrade() -> None:
    op.drop_column("watches", "organization_id")
