from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.domain.people import Login
from bot.store.engine.engines import build_engines
from bot.store.engine.migrate import upgrade
from bot.store.store import Store
from bot.store.vault import Vault, generate_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def test_a_person_may_have_several_logins_and_a_login_is_the_same_in_any_case(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.logins.insert_claimed("T1", "UADA", "ada-l", now=NOW) is None
        assert await tx.logins.insert_claimed("T1", "UADA", "ADA-L", now=LATER) is None
        await tx.logins.upsert_verified("T1", "UADA", "Ada", now=NOW)
        assert await tx.logins.list_for_user("T1", "UADA") == [
            Login("T1", "UADA", "Ada", verified=True, linked_at=NOW),
            Login("T1", "UADA", "ada-l", verified=False, linked_at=NOW),
        ]
        assert await tx.logins.find_owner("T1", "aDa") == "UADA"
        assert await tx.logins.find_owner("T2", "ada") is None
        assert await tx.logins.delete("T1", "UADA", "ADA")
        assert not await tx.logins.delete("T1", "UADA", "ada")
        assert not await tx.logins.delete("T1", "UEVE", "ada-l")
        assert await tx.logins.find_owner("T1", "ada") is None


async def test_whoever_came_first_keeps_a_claim_until_a_token_says_whose_it_is(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.logins.insert_claimed("T1", "UEVE", "ada", now=NOW) is None
        owner = await tx.logins.insert_claimed("T1", "UGUS", "Ada", now=NOW)
        assert owner
        assert (owner.user, owner.verified) == ("UEVE", False)
        assert await tx.logins.insert_claimed("T2", "UGUS", "ada", now=NOW) is None
        await tx.logins.upsert_verified("T1", "UADA", "ada", now=NOW)
        assert await tx.logins.list_for_user("T1", "UEVE") == []
        owner = await tx.logins.insert_claimed("T1", "UEVE", "ada", now=NOW)
        assert owner
        assert (owner.user, owner.verified) == ("UADA", True)
        assert {(one.workspace, one.user) for one in await tx.logins.list_owners("ADA")} == {
            ("T1", "UADA"),
            ("T2", "UGUS"),
        }


async def test_what_was_claimed_becomes_verified_and_counts_from_then_on(store: Store) -> None:
    async with store.begin() as tx:
        await tx.logins.insert_claimed("T1", "UADA", "ada", now=NOW)
        await tx.logins.upsert_verified("T1", "UADA", "Ada", now=LATER)
        await tx.logins.upsert_verified("T1", "UADA", "ada", now=LATER + timedelta(hours=1))
        assert await tx.logins.list_for_user("T1", "UADA") == [
            Login("T1", "UADA", "ada", verified=True, linked_at=LATER)
        ]


async def test_a_login_that_two_tokens_say_is_nobodys(store: Store) -> None:
    async with store.begin() as tx:
        await tx.logins.upsert_verified("T1", "UADA", "ci-bot", now=NOW)
        await tx.logins.upsert_verified("T1", "UGRACE", "ci-bot", now=NOW)
        assert await tx.logins.find_owner("T1", "ci-bot") is None
        assert await tx.logins.list_owners("ci-bot") == []


@pytest.mark.parametrize("login", ["x" * 300, "Ünï-cødé", "dependabot[bot]"])
async def test_any_text_may_be_a_login(store: Store, login: str) -> None:
    async with store.begin() as tx:
        assert await tx.logins.insert_claimed("T1", "UADA", login, now=NOW) is None
        assert await tx.logins.find_owner("T1", login.upper()) == "UADA"


async def test_whoever_was_connected_before_has_the_login_of_their_token(empty_url: str) -> None:
    await upgrade(empty_url, "0009")
    engines = build_engines(empty_url)
    values = "('T1', 'UADA', 'c-ada', 'Ada', 'Ada', 'active', '2026-01-05 12:00:00+00:00', 'sealed')"
    async with engines.writer.begin() as connection:
        await connection.execute(text(f"INSERT INTO accounts VALUES {values}"))  # noqa: S608 - ours
    await engines.dispose()
    await upgrade(empty_url)
    store = Store(empty_url, Vault([generate_key()]))
    async with store.begin_read() as tx:
        assert await tx.logins.list_for_user("T1", "UADA") == [Login("T1", "UADA", "Ada", verified=True, linked_at=NOW)]
    await store.close()
