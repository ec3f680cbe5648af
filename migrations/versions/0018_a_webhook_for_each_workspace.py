"""Each workspace has its own webhook of a project: none takes another's place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)

_COLUMNS = (
    'key, project, project_id, hook_id, url, secret_sealed, workspace, "user", checked_at, heard_at, proven_at, '
    "quiet_at, refused_at, error"
)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("hook_id", sa.String(64)),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT),
        sa.Column("proven_at", MOMENT),
        sa.Column("quiet_at", MOMENT),
        sa.Column("refused_at", MOMENT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_webhooks"),
        sa.UniqueConstraint("workspace", "project", name="uq_webhooks_workspace_project"),
    )
    op.create_index("ix_webhooks_project", "webhooks", ["project"])
    op.create_index("ix_webhooks_project_id", "webhooks", ["project_id"])
    op.execute(f"INSERT INTO webhooks ({_COLUMNS}) SELECT {_COLUMNS} FROM hooks")  # noqa: S608 - names of columns


def downgrade() -> None:
    op.drop_table("webhooks")
