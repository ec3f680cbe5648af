from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.people import Installation
from bot.store.store import Store
from bot.store.vault import Vault, generate_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ACME = Installation("T1", "Acme", "UBOT", "B1", ("chat:write", "commands"), "UADA", NOW, "xoxb-acme", "E1")


async def test_a_workspace_is_kept_with_its_token(store: Store) -> None:
    async with store.begin() as tx:
        await tx.installations.upsert(ACME)
    async with store.begin_read() as tx:
        assert await tx.installations.find("T1") == ACME
        assert await tx.installations.find("T2") is None


async def test_installing_again_replaces_what_was_known(store: Store) -> None:
    again = replace(ACME, token="xoxb-new", scopes=(), installed_by=None, enterprise=None)
    async with store.begin() as tx:
        await tx.installations.upsert(ACME)
        await tx.installations.upsert(again)
        assert await tx.installations.list_all() == [again]


async def test_a_workspace_whose_key_is_lost_has_no_token_and_hinders_no_other(store: Store, database_url: str) -> None:
    async with store.begin() as tx:
        await tx.installations.upsert(ACME)
    without_key = Store(database_url, Vault([generate_key()]))
    async with without_key.begin() as tx:
        await tx.installations.upsert(replace(ACME, workspace="T2"))
        assert await tx.installations.find("T1") == replace(ACME, token="")
        assert [one.token for one in await tx.installations.list_all()] == ["", ACME.token]
    await without_key.close()
