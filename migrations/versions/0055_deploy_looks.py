"""Of which pipelines CircleCI is asked what they deploy, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_table(
        "deploy_looks",
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("pipeline_id", name="pk_deploy_looks"),
    )
    op.create_index("ix_deploy_looks_next_look_at", "deploy_looks", ["next_look_at"])


def downgrade() -> None:
    op.drop_table("deploy_looks")
