from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.people import Account, AccountState, Installation
from bot.store.sealed_columns import SecretCounts
from bot.store.store import Store, Tx
from bot.store.vault import Vault, VaultError, generate_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_ada")
ACME = Installation("T1", "Acme", "UBOT", "B1", ("commands",), "UADA", NOW, "xoxb-acme")


async def _fill(tx: Tx) -> None:
    await tx.accounts.upsert(ADA)
    await tx.installations.upsert(ACME)
    await tx.pending_commands.upsert(
        "T1", "UADA", "status", channel="C1", reply_to="https://hooks.slack.com/1", thread_ts=None, asked_at=NOW
    )
    await tx.pending_commands.upsert(
        "T1", "UGRACE", "status", channel="C1", reply_to=None, thread_ts=None, asked_at=NOW
    )


async def test_after_a_rotation_the_new_key_is_enough(store: Store, database_url: str, key: str) -> None:
    async with store.begin() as tx:
        await _fill(tx)
    new = generate_key()
    rotating, afterwards = Store(database_url, Vault([new, key])), Store(database_url, Vault([new]))
    async with rotating.begin() as tx:
        assert await tx.sealed_columns.rotate() == 5
    async with afterwards.begin() as tx:
        assert await tx.sealed_columns.check() == 5
        assert await tx.accounts.find("T1", "UADA") == ADA
        assert await tx.installations.find("T1") == ACME
        waiting = await tx.pending_commands.take("T1", "UADA", NOW - timedelta(minutes=1))
        assert waiting
        assert waiting.reply_to == "https://hooks.slack.com/1"
    async with store.begin_read() as tx:
        with pytest.raises(VaultError):
            await tx.sealed_columns.check()
    await rotating.close()
    await afterwards.close()


async def test_what_opens_with_no_key_is_left_alone_and_counted(store: Store, database_url: str, key: str) -> None:
    new, gone = generate_key(), generate_key()
    async with store.begin() as tx:
        await _fill(tx)
    rotating, stranger = Store(database_url, Vault([new, key])), Store(database_url, Vault([gone]))
    async with stranger.begin() as tx:
        await tx.accounts.upsert(replace(ADA, user="ULOST"))
    async with rotating.begin() as tx:
        assert await tx.sealed_columns.count() == SecretCounts(first=0, later=5, lost=1)
        assert await tx.sealed_columns.rotate() == 5
        assert await tx.sealed_columns.count() == SecretCounts(first=5, later=0, lost=1)
        assert await tx.sealed_columns.rotate() == 0
    async with stranger.begin_read() as tx:
        lost = await tx.accounts.find("T1", "ULOST")
        assert lost
        assert lost.token == ADA.token
    await rotating.close()
    await stranger.close()
