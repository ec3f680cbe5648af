"""Whose pipelines are whose, which messages a person wants, and who was told of which pipeline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "logins",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("folded", sa.String(200), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", "folded", name="pk_logins"),
    )
    op.create_index("ix_logins_folded", "logins", ["folded"])
    op.create_table(
        "people",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_people"),
    )
    op.create_table(
        "mentions",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("pipeline_id", sa.String(64), nullable=False),
        sa.Column("mentioned", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("mentioned_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pipeline_id", "mentioned", name="pk_mentions"),
    )
    op.execute(
        'INSERT INTO logins (workspace, "user", folded, login, verified, linked_at) '
        "SELECT workspace, \"user\", lower(login), login, true, connected_at FROM accounts WHERE login <> ''"
    )


def downgrade() -> None:
    for table in ("mentions", "people", "logins"):
        op.drop_table(table)
