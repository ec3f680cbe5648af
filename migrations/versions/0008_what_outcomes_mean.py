"""Outcomes know what they mean beside how they ended: broke, recovered, still failing …"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = ("busy_s", "failing", "classes", "streak", "pace")


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("busy_s", sa.Float()))
    op.add_column("outcomes", sa.Column("failing", sa.Text()))
    op.add_column("outcomes", sa.Column("classes", sa.Text()))
    op.add_column("outcomes", sa.Column("streak", sa.Integer()))
    op.add_column("outcomes", sa.Column("pace", sa.Float()))
    op.execute("UPDATE outcomes SET streak = 1 WHERE kind IN ('failed', 'errored-config', 'unauthorized')")
    op.execute("UPDATE outcomes SET kind = 'passed', classes = 'recovered' WHERE kind = 'recovered'")


def downgrade() -> None:
    op.execute("UPDATE outcomes SET kind = 'recovered' WHERE kind = 'passed' AND classes LIKE '%recovered%'")
    op.execute("DELETE FROM outcomes WHERE kind = 'started'")
    for name in reversed(COLUMNS):
        op.drop_column("outcomes", name)
