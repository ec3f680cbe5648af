from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.domain.people import SignIn
from bot.store.sign_ins import SIGN_IN_FOR
from bot.store.store import Store
from bot.store.vault import Vault, generate_key

NOW = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
HOST = "https://app.circleci.com"
ADA = SignIn("T1", "UADA", "client", NOW, state="a-state", verifier="a-verifier")


async def test_an_attempt_is_one_persons_and_sealed(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
        assert await tx.sign_ins.find("T1", "UADA") == ADA
        assert await tx.sign_ins.find("T2", "UADA") is None
        assert await tx.sign_ins.find("T1", "UGRACE") is None
        row = str((await tx._connection.execute(text("SELECT * FROM sign_ins"))).one())
    assert "a-state" not in row
    assert "a-verifier" not in row


async def test_it_is_taken_once_whoever_comes_first(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
    async with other_replica.begin() as tx:
        assert await tx.sign_ins.take(ADA)
    async with store.begin() as tx:
        assert not await tx.sign_ins.take(ADA)
        assert await tx.sign_ins.find("T1", "UADA") is None


async def test_the_newest_attempt_counts(store: Store) -> None:
    newer = replace(ADA, began_at=NOW + timedelta(seconds=1), state="b", verifier="b")
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
        await tx.sign_ins.upsert(newer)
        assert not await tx.sign_ins.take(ADA)
        assert await tx.sign_ins.find("T1", "UADA") == newer


async def test_an_attempt_that_is_put_back_takes_no_newer_ones_place(store: Store) -> None:
    newer = replace(ADA, began_at=NOW + timedelta(seconds=1), state="b", verifier="b")
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
        assert await tx.sign_ins.take(ADA)
        await tx.sign_ins.restore(ADA)
        assert await tx.sign_ins.find("T1", "UADA") == ADA
        await tx.sign_ins.upsert(newer)
        await tx.sign_ins.restore(ADA)
        assert await tx.sign_ins.find("T1", "UADA") == newer


async def test_what_is_over_is_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
        await tx.sign_ins.prune(NOW + SIGN_IN_FOR)
        assert await tx.sign_ins.find("T1", "UADA") == ADA
        await tx.sign_ins.prune(NOW + SIGN_IN_FOR + timedelta(seconds=1))
        assert await tx.sign_ins.find("T1", "UADA") is None


async def test_what_no_longer_opens_begins_anew(store: Store, database_url: str) -> None:
    async with store.begin() as tx:
        await tx.sign_ins.upsert(ADA)
    other = Store(database_url, Vault([generate_key()]))
    async with other.begin_read() as tx:
        assert await tx.sign_ins.find("T1", "UADA") is None
    await other.close()


async def test_the_first_client_of_a_workspace_and_host_counts(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        await tx.sign_ins.insert_client("T1", HOST, "first", now=NOW)
    async with other_replica.begin() as tx:
        await tx.sign_ins.insert_client("T1", HOST, "second", now=NOW)
        assert await tx.sign_ins.find_client("T1", HOST) == "first"
        assert await tx.sign_ins.find_client("T2", HOST) is None
        assert await tx.sign_ins.find_client("T1", "https://other") is None
        await tx.sign_ins.delete_client("T1", HOST)
        assert await tx.sign_ins.find_client("T1", HOST) is None
