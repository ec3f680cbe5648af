from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text, update

from bot.domain import Account
from bot.store import tables
from bot.store.store import Store
from bot.store.vault import Vault, new_key
from tests.plugins.database import migrated

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", "active", NOW, "CCIPAT_ada")
GRACE = Account("T1", "UGRACE", "c-grace", "grace", "Grace Hopper", "active", NOW + timedelta(hours=1), "CCIPAT_grace")


async def _saved(store: Store, *accounts: Account) -> None:
    async with store.begin() as tx:
        for account in accounts:
            await tx.accounts.save(account)


async def test_a_person_has_one_account_for_each_workspace(store: Store) -> None:
    elsewhere = replace(ADA, workspace="T2", token="CCIPAT_other")
    await _saved(store, ADA, GRACE, elsewhere)
    async with store.read() as tx:
        assert await tx.accounts.get("T1", "UADA") == ADA
        assert await tx.accounts.get("T2", "UADA") == elsewhere
        assert await tx.accounts.get("T2", "UGRACE") is None


async def test_connecting_again_replaces_the_token(store: Store) -> None:
    again = replace(ADA, token="CCIPAT_new", connected_at=NOW + timedelta(days=1))
    await _saved(store, replace(ADA, state="expired"), again)
    async with store.read() as tx:
        assert await tx.accounts.get("T1", "UADA") == again


async def test_a_token_is_not_in_the_database_as_it_is(store: Store) -> None:
    await _saved(store, ADA)
    async with store.read() as tx:
        row = (await tx.accounts._connection.execute(text("SELECT * FROM accounts"))).one()
    assert "c-ada" in row
    assert "CCIPAT_ada" not in str(row)


async def test_a_token_is_not_in_the_files_of_sqlite(tmp_path: Path, key: str) -> None:
    store = Store(await migrated(tmp_path), Vault([key]))
    await _saved(store, ADA)
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs
    await store.close()
    assert b"Ada Lovelace" in content
    assert b"CCIPAT_ada" not in content


async def test_an_expired_token_is_told_once(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin() as tx:
        assert await tx.accounts.expire(ADA)
        assert not await tx.accounts.expire(ADA)
        assert not await tx.accounts.expire(replace(ADA, user="UNOBODY"))
        expired = await tx.accounts.get("T1", "UADA")
    assert expired
    assert expired.state == "expired"


async def test_a_token_that_took_its_place_goes_on(store: Store) -> None:
    await _saved(store, replace(ADA, connected_at=ADA.connected_at + timedelta(seconds=1)))
    async with store.begin() as tx:
        assert not await tx.accounts.expire(ADA)
        renewed = await tx.accounts.get("T1", "UADA")
    assert renewed
    assert renewed.state == "active"


async def test_only_working_accounts_are_asked_in_the_order_given(store: Store) -> None:
    await _saved(store, ADA, GRACE, replace(ADA, user="UEVE", state="expired"))
    people = [("T1", "UGRACE"), ("T1", "UEVE"), ("T1", "UNOBODY"), ("T1", "UADA"), ("T1", "UGRACE")]
    async with store.read() as tx:
        assert list(dict.fromkeys(await tx.accounts.of(people))) == [GRACE, ADA]
        assert await tx.accounts.of([]) == []


async def test_the_working_accounts_are_at_most_as_many_as_asked_for(store: Store) -> None:
    await _saved(store, ADA, GRACE, replace(ADA, user="UEVE", state="expired"))
    async with store.read() as tx:
        assert {account.user for account in await tx.accounts.working()} == {"UADA", "UGRACE"}
        assert len(await tx.accounts.working(limit=1)) == 1


async def test_an_account_is_removed_once(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin() as tx:
        assert await tx.accounts.remove("T1", "UADA")
        assert not await tx.accounts.remove("T1", "UADA")
        assert await tx.accounts.get("T1", "UADA") is None


async def test_a_row_copied_to_another_person_gives_them_no_token(store: Store) -> None:
    await _saved(store, ADA, GRACE)
    async with store.begin() as tx:
        stolen = await tx.accounts._connection.scalar(text("SELECT token_sealed FROM accounts WHERE login = 'ada'"))
        copying = update(tables.accounts).where(tables.accounts.c.user == "UGRACE").values(token_sealed=stolen)
        await tx.accounts._connection.execute(copying)
    async with store.read() as tx:
        grace = await tx.accounts.get("T1", "UGRACE")
        assert await tx.accounts.get("T1", "UADA") == ADA
    assert grace
    assert (grace.token, grace.state) == ("", "expired")


async def test_who_was_sealed_under_a_lost_key_can_connect_again_and_stops_nobody(
    store: Store, database_url: str
) -> None:
    lost_key = Store(database_url, Vault([new_key()]))
    await _saved(lost_key, GRACE)
    await lost_key.close()
    await _saved(store, ADA)
    async with store.begin() as tx:
        assert await tx.accounts.working() == [ADA]
        assert await tx.accounts.of([("T1", "UGRACE"), ("T1", "UADA")]) == [ADA]
        await tx.accounts.save(GRACE)
        assert await tx.accounts.get("T1", "UGRACE") == GRACE


async def test_whoever_connected_an_account_is_found_by_its_id_in_their_own_workspace(store: Store) -> None:
    await _saved(store, ADA, GRACE)
    async with store.begin() as tx:
        assert await tx.accounts.user_of("T1", "c-grace") == "UGRACE"
        assert await tx.accounts.user_of("T2", "c-grace") is None
        assert await tx.accounts.user_of("T1", "c-eve") is None


async def test_people_are_found_by_their_ids_at_circleci_in_one_workspace(store: Store) -> None:
    await _saved(store, ADA, GRACE, replace(ADA, workspace="T2", user="UELSE"), replace(ADA, user="UAGAIN"))
    async with store.read() as tx:
        assert await tx.accounts.users("T1", ["c-ada", "c-nobody"]) == {"UADA", "UAGAIN"}
        assert await tx.accounts.users("T1", []) == frozenset()
