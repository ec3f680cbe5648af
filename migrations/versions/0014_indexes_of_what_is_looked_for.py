"""Indexes of what is looked for: claims read no settled row, and a card is forgotten without reading all notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ACTIVE = sa.text("state = 'active'")
UNSHOWN = sa.text("gone_at IS NULL AND wanted > shown")
QUEUED = sa.text("state = 'queued'")
PLACE = ["workspace", "channel", "id"]


def upgrade() -> None:
    op.create_index("ix_accounts_workspace_circleci_id", "accounts", ["workspace", "circleci_id"])
    op.create_index("ix_accounts_active", "accounts", ["connected_at"], sqlite_where=ACTIVE, postgresql_where=ACTIVE)
    op.drop_index("ix_cards_unshown", "cards")
    op.create_index("ix_cards_unshown", "cards", PLACE, sqlite_where=UNSHOWN, postgresql_where=UNSHOWN)
    op.drop_index("ix_outbox_state_workspace_channel_id", "outbox")
    op.create_index("ix_outbox_queued", "outbox", PLACE, sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.create_index("ix_outbox_card_id", "outbox", ["card_id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_card_id", "outbox")
    op.drop_index("ix_outbox_queued", "outbox")
    op.create_index("ix_outbox_state_workspace_channel_id", "outbox", ["state", *PLACE])
    op.drop_index("ix_cards_unshown", "cards")
    op.create_index("ix_cards_unshown", "cards", ["id"], sqlite_where=UNSHOWN, postgresql_where=UNSHOWN)
    op.drop_index("ix_accounts_active", "accounts")
    op.drop_index("ix_accounts_workspace_circleci_id", "accounts")
