"""When channels hear: their hours, what is muted, and what is kept for a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hours",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("quiet", sa.String(16)),
        sa.Column("weekends", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_hours"),
    )
    op.create_table(
        "mutes",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "about", name="pk_mutes"),
    )
    _keep()


def _keep() -> None:
    op.create_table(
        "kept",
        sa.Column("outcome_key", sa.String(200), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64)),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.PrimaryKeyConstraint("outcome_key", "workspace", "channel", name="pk_kept"),
    )
    untold = sa.text("digest IS NULL")
    op.create_index("ix_kept_digest", "kept", ["digest"])
    op.create_index("ix_kept_untold", "kept", ["due_at"], sqlite_where=untold, postgresql_where=untold)


def downgrade() -> None:
    for table in ("kept", "mutes", "hours"):
        op.drop_table(table)
