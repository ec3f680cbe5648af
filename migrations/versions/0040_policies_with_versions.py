"""A policy says more than who may, and each version of it is kept. `policies` stays for the release before this one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    versions = op.create_table(
        "policy_versions",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("changed_by", sa.String(64)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
    lines: dict[str, list[dict[str, object]]] = {}
    for row in op.get_bind().execute(sa.text("SELECT workspace, command, channel, users FROM policies ORDER BY id")):
        line = {"only": [*filter(None, row.users.split(","))], "do": row.command, "channel": row.channel}
        lines.setdefault(row.workspace, []).append(line)
    now = datetime.now(UTC)
    first = {"version": 1, "changed_by": None, "changed_at": now, "summary": ""}
    rows = [{"workspace": workspace, "lines": json.dumps(said), **first} for workspace, said in lines.items()]
    if rows:
        op.bulk_insert(versions, rows)


def downgrade() -> None:
    op.drop_table("policy_versions")
