"""alembic's way in: bot/store/engine/migrate.py hands over the connection: there is one way to the database."""

from __future__ import annotations

from alembic import context

from bot.store.tables.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)

with context.begin_transaction():
    context.run_migrations()
