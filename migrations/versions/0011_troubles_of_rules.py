"""Why a rule may be silent, told once; and the id and name of a project, by which it is known again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "troubles",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("told_in", sa.String(300)),
        sa.Column("over_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_troubles_subscription_id_subscriptions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "kind", name="pk_troubles"),
    )
    op.create_index("ix_troubles_told_in", "troubles", ["told_in"])
    op.add_column("watches", sa.Column("project_id", sa.String(64)))
    op.add_column("watches", sa.Column("called", sa.Text()))


def downgrade() -> None:
    op.drop_column("watches", "called")
    op.drop_column("watches", "project_id")
    op.drop_table("troubles")
