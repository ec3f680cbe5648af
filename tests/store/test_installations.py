from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import Installation
from bot.store.store import Store
from bot.store.vault import Vault, new_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ACME = Installation("T1", "Acme", "UBOT", "B1", ("chat:write", "commands"), "UADA", NOW, "xoxb-acme", "E1")


async def test_a_workspace_is_kept_with_its_token(store: Store) -> None:
    async with store.begin() as tx:
        await tx.installations.save(ACME)
    async with store.read() as tx:
        assert await tx.installations.get("T1") == ACME
        assert await tx.installations.get("T2") is None


async def test_installing_again_replaces_what_was_known(store: Store) -> None:
    again = replace(ACME, token="xoxb-new", scopes=(), installed_by=None, enterprise=None)
    async with store.begin() as tx:
        await tx.installations.save(ACME)
        await tx.installations.save(again)
        assert await tx.installations.all() == [again]


async def test_a_workspace_whose_key_is_lost_has_no_token_and_hinders_no_other(store: Store, database_url: str) -> None:
    async with store.begin() as tx:
        await tx.installations.save(ACME)
    without_key = Store(database_url, Vault([new_key()]))
    async with without_key.begin() as tx:
        await tx.installations.save(replace(ACME, workspace="T2"))
        assert await tx.installations.get("T1") == replace(ACME, token="")
        assert [one.token for one in await tx.installations.all()] == ["", ACME.token]
    await without_key.close()
