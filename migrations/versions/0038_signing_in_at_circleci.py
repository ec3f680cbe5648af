"""How people let us act for them at CircleCI's own page, and what is known of the token that comes of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_KNOWN = (
    ("expires_at", sa.DateTime(timezone=True)),
    ("scope", sa.String(32)),
    ("last_used_at", sa.DateTime(timezone=True)),
    ("expiry_told", sa.Integer()),
)


def upgrade() -> None:
    for name, kind in _KNOWN:
        op.add_column("accounts", sa.Column(name, kind))
    op.create_table(
        "oauth_clients",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(200), primary_key=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "sign_ins",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("attempt_sealed", sa.Text, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("oauth_clients")
    for name, _ in _KNOWN:
        op.drop_column("accounts", name)
