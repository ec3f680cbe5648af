"""Notices that show how a hold stands change with it, and reminders stand until they are due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)
UNSHOWN = sa.text("sent_ts IS NOT NULL AND revision > shown")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("about", sa.String(64)))
    op.add_column("outbox", sa.Column("holds", sa.Text()))
    op.add_column("outbox", sa.Column("good_until", MOMENT))
    op.add_column("outbox", sa.Column("revision", sa.Integer()))
    op.add_column("outbox", sa.Column("shown", sa.Integer()))
    op.create_index("ix_outbox_about", "outbox", ["about"])
    op.create_index("ix_outbox_unshown", "outbox", ["id"], sqlite_where=UNSHOWN, postgresql_where=UNSHOWN)
    op.create_table(
        "reminders",
        sa.Column("hold", sa.String(200), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("hold", "workspace", "channel", "due_at", name="pk_reminders"),
    )
    op.create_index("ix_reminders_pipeline_id_due_at", "reminders", ["pipeline_id", "due_at"])


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_index("ix_outbox_unshown", "outbox")
    op.drop_index("ix_outbox_about", "outbox")
    for name in ("shown", "revision", "good_until", "holds", "about"):
        op.drop_column("outbox", name)
