"""What is kept opens only with our keys and for its owner.

No secret and nothing that somebody typed stands in the clear, in a row or in an error of the database; and to rotate
keys never brings back a secret that somebody has replaced.
"""

from __future__ import annotations

import asyncio
import threading
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, insert
from sqlalchemy.exc import DBAPIError

from bot.domain.people import Account, AccountState
from bot.secret_hashes import opened_secrets
from bot.store.sealed_columns import SecretCounts
from bot.store.store import Store
from bot.store.tables.schema import metadata
from bot.store.tables.workspaces import waiting
from bot.store.vault import Vault, VaultError, generate_key
from tests.store.conftest import database_url, key, store

__all__ = ["database_url", "key", "store"]

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_first_1")
TYPED = "trigger gh/acme/web --branch main note=hunter2-is-typed"

owners = st.text("abcTU:01", min_size=1, max_size=12)


@given(owners, owners, st.text(min_size=1, max_size=60))
def test_a_sealed_text_opens_for_its_owner_alone(owner: str, other: str, secret: str) -> None:
    vault = Vault([generate_key()])
    secret = secret.encode(errors="replace").decode()
    sealed = vault.seal(owner, secret)
    assert vault.open(owner, sealed) == secret
    assert secret not in sealed or len(secret) < 4
    if other != owner:
        with pytest.raises(VaultError):
            vault.open(other, sealed)


class Interrupting(Vault):
    """Somebody replaces their token after it was read and before it is written again."""

    def __init__(self, keys: list[str], database_url: str, theirs: list[str]) -> None:
        super().__init__(keys)
        self._url, self._theirs = database_url, theirs

    def rotate(self, owner: str, sealed: str) -> str:
        if owner == "account:T1:UADA" and self._theirs:
            replacing = threading.Thread(target=asyncio.run, args=(self._replace(self._theirs),))
            self._theirs = []
            replacing.start()
            replacing.join(30)
        return super().rotate(owner, sealed)

    async def _replace(self, keys: list[str]) -> None:
        theirs = Store(self._url, Vault(keys))
        async with theirs.begin() as tx:
            await tx.accounts.upsert(replace(ADA, token="CCIPAT_second_2"))
        await theirs.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("replaced_under", ["old", "new"])
async def test_a_rotation_brings_no_replaced_token_back(database_url: str, key: str, replaced_under: str) -> None:
    """On PostgreSQL, where writers go on beside each other."""
    new = generate_key()
    before, after = Store(database_url, Vault([key])), Store(database_url, Vault([new, key]))
    async with before.begin() as tx:
        await tx.accounts.upsert(ADA)
    theirs = [new, key] if replaced_under == "new" else [key, new]
    rotating = Store(database_url, Interrupting([new, key], database_url, theirs))
    async with rotating.begin() as tx:
        assert await tx.sealed_columns.rotate() == 0
    async with after.begin() as tx:
        account = await tx.accounts.find("T1", "UADA")
        assert account
        assert account.token == "CCIPAT_second_2"
        assert await tx.sealed_columns.count() == (
            SecretCounts(first=1) if replaced_under == "new" else SecretCounts(later=1)
        )
        await tx.sealed_columns.rotate()
        assert await tx.sealed_columns.count() == SecretCounts(first=1)
    for one in (before, after, rotating):
        await one.close()


async def test_rotations_and_replacements_at_once_leave_the_newest_under_the_first_key(
    store: Store, database_url: str, key: str
) -> None:
    new = generate_key()
    people = [replace(ADA, user=f"U{number}") for number in range(8)]
    async with store.begin() as tx:
        for person in people:
            await tx.accounts.upsert(person)
    rotating = Store(database_url, Vault([new, key]))

    async def rotate() -> None:
        async with rotating.begin() as tx:
            await tx.sealed_columns.rotate()

    async def again(person: Account) -> None:
        async with rotating.begin() as tx:
            await tx.accounts.upsert(replace(person, token=f"CCIPAT_{person.user}_9"))

    await asyncio.gather(rotate(), *map(again, people), rotate())
    async with rotating.begin_read() as tx:
        found = [await tx.accounts.find("T1", person.user) for person in people]
        assert [account.token for account in found if account] == [f"CCIPAT_{one.user}_9" for one in people]
        assert await tx.sealed_columns.count() == SecretCounts(first=8)
    await rotating.close()


async def test_what_somebody_typed_is_sealed_while_it_waits_and_gone_when_it_cannot_go_on(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1",
            "UADA",
            TYPED,
            channel="C1",
            reply_to="https://hooks.slack.com/commands/T1/1/S",
            thread_ts=None,
            asked_at=NOW,
        )
        assert await tx.idempotency_keys.begin("T1:press", "T1", "UADA", now=NOW) is None
        kept = await _all_rows(tx)
        assert "T1:press" in kept
        assert "hunter2" not in kept
        assert "note" not in kept
        assert not opened_secrets.has_secret(TYPED)
        taken = await tx.pending_commands.take("T1", "UADA", NOW - timedelta(minutes=1))
        assert taken
        assert taken.line == TYPED
        assert not opened_secrets.has_secret(TYPED)
        await tx.pending_commands.upsert("T1", "UADA", TYPED, channel="C1", reply_to=None, thread_ts=None, asked_at=NOW)
        assert await tx.pending_commands.prune(NOW) == 0
        assert await tx.pending_commands.prune(NOW + timedelta(seconds=1)) == 1


async def test_a_line_that_an_older_release_kept_still_goes_on(store: Store) -> None:
    async with store.begin() as tx:
        old = {"workspace": "T1", "user": "U1", "line": "status web", "asked_at": NOW}
        await tx._connection.execute(insert(waiting), old)
        taken = await tx.pending_commands.take("T1", "U1", NOW - timedelta(days=1))
    assert taken
    assert (taken.line, taken.written) == ("status web", False)


async def _all_rows(tx: object) -> str:
    connection = tx._connection  # type: ignore[attr-defined]  # a test may look inside
    rows = [(await connection.execute(table.select())).all() for table in metadata.sorted_tables]
    return str(rows)


async def test_no_error_of_the_database_tells_a_value(store: Store) -> None:
    """Every table is given a row that it refuses: too little, the same twice, and of another type."""
    told = [line for table in metadata.sorted_tables for line in await _refusals(store, table)]
    assert len(told) > len(metadata.sorted_tables)
    assert not [line for line in told if "hunter2" in line], "\n".join(told)


async def _refusals(store: Store, table: Table) -> list[str]:
    texts = {
        column.name: f"hunter2{column.name}"[: getattr(column.type, "length", None)]
        for column in table.columns
        if column.type.python_type is str
    }
    if not texts:
        return []
    short = dict.fromkeys(column.name for column in table.columns) | texts
    odd = texts | _rest(table) | {next(iter(texts)): object()}
    tries = ([short], [odd], [texts | _rest(table)] * 2)
    return [told for rows in tries if (told := await _refusal(store, table, rows))]


def _rest(table: Table) -> dict[str, object]:
    rest = [column for column in table.columns if column.type.python_type is not str]
    return {column.name: NOW if "UtcDateTime" in str(type(column.type)) else 1 for column in rest}


async def _refusal(store: Store, table: Table, rows: list[dict[str, object]]) -> str | None:
    try:
        async with store.begin() as tx:
            for row in rows:
                await tx._connection.execute(insert(table), row)
    except (DBAPIError, TypeError, ValueError, AttributeError):
        return traceback.format_exc()
    return None
