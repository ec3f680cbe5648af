"""Every sealed column, for `circlebot keys rotate`.

People replace their tokens while we rotate, and processes may still seal with another key: a secret is only put in the
place of the very text that was read, and who asks afterwards is told how many the first key does not open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, delete, select, update

from bot.store import (
    accounts,
    installations,
    installed_webhooks,
    long_values,
    pending_commands,
    sign_ins,
    start_requests,
    trigger_choices,
)
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository
from bot.store.tables.approving import start_requests as starts_table
from bot.store.tables.polling import former_hooks
from bot.store.tables.polling import hooks as hooks_table
from bot.store.tables.workspaces import accounts as accounts_table
from bot.store.tables.workspaces import choices as choices_table
from bot.store.tables.workspaces import installations as installations_table
from bot.store.tables.workspaces import sign_ins as sign_ins_table
from bot.store.tables.workspaces import waiting as waiting_table
from bot.store.vault import Vault, VaultError

_SEALED: tuple[tuple[Table, str, Callable[[Row[Any]], str]], ...] = (
    (accounts_table, "token_sealed", lambda row: accounts.format_owner(row.workspace, row.user)),
    (installations_table, "token_sealed", lambda row: installations.format_owner(row.workspace)),
    (installations_table, "refresh_sealed", lambda row: installations.format_refresh_owner(row.workspace)),
    *(
        (table, "secret_sealed", lambda row: installed_webhooks.format_owner(row.project))
        for table in (hooks_table, former_hooks)
    ),
    (waiting_table, "reply_to_sealed", lambda row: pending_commands.format_owner(row.workspace, row.user)),
    (long_values.long_values, "value_sealed", lambda row: long_values.format_owner(row.workspace, row.key)),
    (choices_table, "chosen_sealed", lambda row: trigger_choices.format_owner(row.workspace, row.user)),
    (waiting_table, "line_sealed", lambda row: pending_commands.format_owner(row.workspace, row.user)),
    (starts_table, "said_sealed", lambda row: start_requests.format_owner(row.workspace, row.id)),
    (sign_ins_table, "attempt_sealed", lambda row: sign_ins.format_owner(row.workspace, row.user)),
)


@dataclass(frozen=True, slots=True)
class SecretCounts:
    """How many secrets are sealed with the `first` key, with a `later` one, and with none of ours any more (`lost`)."""

    first: int = 0
    later: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class _SealedSecret:
    table: Table
    column: str
    row: Row[Any]
    owner: str

    @property
    def text(self) -> str:
        return str(getattr(self.row, self.column))


class SealedColumnRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def rotate(self) -> int:
        """Re-encrypt under the first key whatever opens; how many. What was replaced meanwhile stays as it is."""
        count = 0
        async for sealed in self._iterate_secrets():
            if not self._vault.is_first(sealed.owner, sealed.text):
                count += await self._rotate_one(sealed)
        return count

    async def count(self) -> SecretCounts:
        """Opens every secret that there is."""
        first = later = lost = 0
        async for sealed in self._iterate_secrets():
            if self._vault.is_first(sealed.owner, sealed.text):
                first += 1
            elif self._can_open(sealed):
                later += 1
            else:
                lost += 1
        return SecretCounts(first, later, lost)

    async def delete_lost(self) -> int:
        """Delete the rows of secrets that no key opens; how many secrets. They are of no use to anybody."""
        count = 0
        async for sealed in self._iterate_secrets():
            if not self._can_open(sealed):
                keys = [key == getattr(sealed.row, key.name) for key in sealed.table.primary_key.columns]
                same = delete(sealed.table).where(*keys, sealed.table.c[sealed.column] == sealed.text)
                await self._connection.execute(same)
                count += 1
        return count

    async def check(self) -> int:
        """Open every stored secret; how many there are. Raises VaultError at the first that does not open."""
        count = 0
        async for sealed in self._iterate_secrets():
            self._vault.open(sealed.owner, sealed.text, known=False)
            count += 1
        return count

    async def _iterate_secrets(self) -> AsyncIterator[_SealedSecret]:
        for table, column, owner in _SEALED:
            for row in (await self._connection.execute(select(table).where(table.c[column].is_not(None)))).all():
                yield _SealedSecret(table, column, row, owner(row))

    async def _rotate_one(self, sealed: _SealedSecret) -> int:
        try:
            fresh = self._vault.rotate(sealed.owner, sealed.text)
        except VaultError:
            return 0
        keys = [key == getattr(sealed.row, key.name) for key in sealed.table.primary_key.columns]
        same = update(sealed.table).where(*keys, sealed.table.c[sealed.column] == sealed.text)
        return (await self._connection.execute(same.values({sealed.column: fresh}))).rowcount

    def _can_open(self, sealed: _SealedSecret) -> bool:
        try:
            self._vault.open(sealed.owner, sealed.text, known=False)
        except VaultError:
            return False
        return True
