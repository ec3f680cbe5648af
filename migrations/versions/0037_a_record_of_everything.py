"""Every act and refusal, a chain of rows for each workspace. What was done until now stays in `deeds`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    words = ("act", "login", "project", "branch", "what", "channel", "decided_by", "detail")
    short = {"kind": 16, "result": 16, "door": 16}
    ids = ("user", "team", "circleci_id", "pipeline_id", "request", "prev_hash", "hash")
    op.create_table(
        "audit",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in words),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in short.items()),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ids),
        sa.Column("pipeline_number", sa.Integer),
        sa.PrimaryKeyConstraint("workspace", "seq", name="pk_audit"),
    )
    op.create_index("ix_audit_pipeline_id", "audit", ["pipeline_id"])
    op.create_index("ix_audit_at", "audit", ["workspace", "at"])
    op.create_index("ix_audit_user", "audit", ["workspace", "user", "seq"])
    op.create_table(
        "audit_heads",
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_audit_heads"),
    )


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit")
