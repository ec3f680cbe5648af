"""A preset belongs to the workspace or to one channel, has an owner, and may ask for what is left open."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("presets", sa.Column("channel", sa.String(64), nullable=False, server_default="*"))
    op.add_column("presets", sa.Column("made_by", sa.String(64)))
    op.add_column("presets", sa.Column("definition", sa.Text()))
    op.add_column("presets", sa.Column("config_branch", sa.Text()))
    op.add_column("presets", sa.Column("asked", sa.Text(), nullable=False, server_default="[]"))
    _set_key(["workspace", "channel", "name"])


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM presets WHERE channel <> '*'"))
    _set_key(["workspace", "name"])
    for column in ("asked", "config_branch", "definition", "made_by", "channel"):
        op.drop_column("presets", column)


def _set_key(columns: Sequence[str]) -> None:
    """What was unique stays allowed: an older release writes presets of the workspace as before."""
    with op.batch_alter_table("presets") as table:
        table.drop_constraint("pk_presets", type_="primary")
        table.create_primary_key("pk_presets", list(columns))
