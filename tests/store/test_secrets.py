from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Account, Installation
from bot.store.store import Store, Tx
from bot.store.vault import Vault, VaultError, new_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", "active", NOW, "CCIPAT_ada")
ACME = Installation("T1", "Acme", "UBOT", "B1", ("commands",), "UADA", NOW, "xoxb-acme")


async def _fill(tx: Tx) -> None:
    await tx.accounts.save(ADA)
    await tx.installations.save(ACME)
    await tx.waiting.keep("T1", "UADA", "status", "C1", "https://hooks.slack.com/1", None, NOW)
    await tx.waiting.keep("T1", "UGRACE", "status", "C1", None, None, NOW)


async def test_after_a_rotation_the_new_key_is_enough(store: Store, database_url: str, key: str) -> None:
    async with store.begin() as tx:
        await _fill(tx)
    new = new_key()
    rotating, afterwards = Store(database_url, Vault([new, key])), Store(database_url, Vault([new]))
    async with rotating.begin() as tx:
        assert await tx.secrets.rotate() == 3
    async with afterwards.begin() as tx:
        assert await tx.secrets.check() == 3
        assert await tx.accounts.get("T1", "UADA") == ADA
        assert await tx.installations.get("T1") == ACME
        waiting = await tx.waiting.take("T1", "UADA", NOW - timedelta(minutes=1))
        assert waiting
        assert waiting.reply_to == "https://hooks.slack.com/1"
    async with store.read() as tx:
        with pytest.raises(VaultError):
            await tx.secrets.check()
    await rotating.close()
    await afterwards.close()


async def test_a_rotation_that_cannot_open_all_changes_nothing(store: Store, database_url: str) -> None:
    async with store.begin() as tx:
        await _fill(tx)
    lost = Store(database_url, Vault([new_key()]))

    async def rotate() -> None:
        async with lost.begin() as tx:
            await tx.secrets.rotate()

    with pytest.raises(VaultError, match="T1"):
        await rotate()
    await lost.close()
    async with store.read() as tx:
        assert await tx.secrets.check() == 3
