"""Whether a project deploys anything, as CircleCI said the last time, and how often looking at deploys failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.add_column("watches", sa.Column("deploys_asked_at", sa.DateTime(timezone=True)))
    op.add_column("watches", sa.Column("no_deploys_since", sa.DateTime(timezone=True)))
    op.add_column("deploy_looks", sa.Column("failures", sa.Integer()))


def downgrade() -> None:
    op.drop_column("deploy_looks", "failures")
    op.drop_column("watches", "no_deploys_since")
    op.drop_column("watches", "deploys_asked_at")
