"""Every sealed column, for `circlebot keys rotate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Table, select, update

from bot.store import accounts, hooks, installations, waiting
from bot.store.connection import Connection
from bot.store.polled import former_hooks
from bot.store.polled import hooks as hooks_table
from bot.store.rows import Noun
from bot.store.tables import accounts as accounts_table
from bot.store.tables import installations as installations_table
from bot.store.tables import waiting as waiting_table
from bot.store.vault import Vault

_SEALED: tuple[tuple[Table, str, Callable[[Row[Any]], str]], ...] = (
    (accounts_table, "token_sealed", lambda row: accounts.owner(row.workspace, row.user)),
    (installations_table, "token_sealed", lambda row: installations.owner(row.workspace)),
    *((table, "secret_sealed", lambda row: hooks.owner(row.project)) for table in (hooks_table, former_hooks)),
    (waiting_table, "reply_to_sealed", lambda row: waiting.owner(row.workspace, row.user)),
)


class Secrets(Noun):
    def __init__(self, connection: Connection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def rotate(self) -> int:
        """Re-encrypt every stored secret under the first key; how many. Raises VaultError, and then changes none."""
        counts = [await self._rotate(table, column, owner) for table, column, owner in _SEALED]
        return sum(counts)

    async def check(self) -> int:
        """Open every stored secret; how many there are. Raises VaultError at the first that does not open."""
        count = 0
        for table, column, owner in _SEALED:
            for row in await self._connection.execute(select(table).where(table.c[column].is_not(None))):
                self._vault.open(owner(row), getattr(row, column))
                count += 1
        return count

    async def _rotate(self, table: Table, column: str, owner: Callable[[Row[Any]], str]) -> int:
        rows = (await self._connection.execute(select(table).where(table.c[column].is_not(None)))).all()
        for row in rows:
            same = [key == getattr(row, key.name) for key in table.primary_key.columns]
            sealed = self._vault.rotate(owner(row), getattr(row, column))
            await self._connection.execute(update(table).where(*same).values({column: sealed}))
        return len(rows)
