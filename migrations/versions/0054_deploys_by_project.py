"""What runs where is found among the outcomes of deploys alone, the newest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

DEPLOYS = sa.text("deploy IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_outcomes_deploys",
        "outcomes",
        ["project", "happened_at"],
        sqlite_where=DEPLOYS,
        postgresql_where=DEPLOYS,
    )


def downgrade() -> None:
    op.drop_index("ix_outcomes_deploys", "outcomes")
