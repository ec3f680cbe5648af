"""What somebody typed is kept sealed while it waits for them, and not at all where nobody reads it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("waiting", sa.Column("line_sealed", sa.Text()))
    op.execute(sa.text("UPDATE acts SET line = '' WHERE line <> ''"))


def downgrade() -> None:
    op.drop_column("waiting", "line_sealed")
