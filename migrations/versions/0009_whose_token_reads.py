"""Whose token reads a project, for those who ask what a rule costs whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("watches", sa.Column("read_by", sa.Text()))


def downgrade() -> None:
    op.drop_column("watches", "read_by")
