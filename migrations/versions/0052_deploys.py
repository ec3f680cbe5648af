"""What was deployed where, beside the outcome that it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("deploy", sa.Text()))


def downgrade() -> None:
    op.drop_column("outcomes", "deploy")
