"""What `circlebot outbox replay` asks for: projects since a moment, and their pipelines that are still to be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "replays",
        sa.Column("key", sa.String(400), primary_key=True),
        sa.Column("workspace", sa.String(64), nullable=False, index=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("listed_at", _MOMENT),
        sa.Column("done_at", _MOMENT),
        sa.Column("read", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("next_look_at", _MOMENT, nullable=False, index=True),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", _MOMENT),
    )
    op.create_table(
        "replayed",
        sa.Column("replay", sa.String(400), primary_key=True),
        sa.Column("pipeline_id", sa.String(64), primary_key=True),
        sa.Column("workspace", sa.String(64), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("replayed")
    op.drop_table("replays")
