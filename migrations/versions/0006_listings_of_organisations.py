"""One listing shows what is new in several projects of an organisation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("watches", sa.Column("newest_at", MOMENT))
    op.add_column("watches", sa.Column("listed_at", MOMENT))
    op.add_column("watches", sa.Column("doubted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "listings",
        sa.Column("org", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text()),
        sa.Column("newest_at", MOMENT),
        sa.Column("sought_at", MOMENT),
        sa.Column("next_look_at", MOMENT, nullable=False),
        sa.Column("idle_rounds", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", MOMENT),
        sa.PrimaryKeyConstraint("org", name="pk_listings"),
    )
    op.create_index("ix_listings_next_look_at", "listings", ["next_look_at"])


def downgrade() -> None:
    op.drop_table("listings")
    for column in ("doubted", "listed_at", "newest_at"):
        op.drop_column("watches", column)
