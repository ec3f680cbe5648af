from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.messages import Looker
from bot.store.lookers import build_git_ref
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
MAIN = build_git_ref("main", None)
ADA = Looker("T1", "UADA", WEB, MAIN, 30, NOW)


async def _list_users(tx: Tx, number: int = 40, ref: str = MAIN, workspace: str = "T1") -> list[str]:
    return [one.user for one in await tx.lookers.list_for_pipeline(workspace, WEB, ref, number=number)]


async def test_who_looks_is_known_of_a_branch_from_the_pipeline_on_that_failed(store: Store) -> None:
    async with store.begin() as tx:
        for one in (
            replace(ADA, user="UGRACE", since_at=NOW + timedelta(minutes=1)),
            ADA,
            replace(ADA, workspace="T2"),
        ):
            await tx.lookers.upsert(one)
        assert await _list_users(tx) == ["UADA", "UGRACE"]
        assert await _list_users(tx, number=29) == []
        assert await _list_users(tx, ref=build_git_ref("other", None)) == []
        assert await _list_users(tx, ref=build_git_ref(None, "main")) == [], "a tag is no branch"


async def test_who_stops_is_released_and_the_others_look_on(store: Store) -> None:
    async with store.begin() as tx:
        await tx.lookers.upsert(ADA)
        await tx.lookers.upsert(replace(ADA, user="UGRACE"))
        assert await tx.lookers.delete(ADA)
        assert not await tx.lookers.delete(ADA)
        assert await _list_users(tx) == ["UGRACE"]


async def test_a_recovery_releases_everybody_but_those_of_later_failures(store: Store) -> None:
    async with store.begin() as tx:
        for number, user in ((30, "UADA"), (33, "UGRACE"), (50, "UEVE")):
            await tx.lookers.upsert(replace(ADA, user=user, number=number))
        assert await tx.lookers.delete_for_recovery(WEB, build_git_ref("other", None), 40) is None
        assert await tx.lookers.delete_for_recovery(WEB, MAIN, 40) == 30
        assert await _list_users(tx, number=60) == ["UEVE"]


async def test_those_of_long_ago_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.lookers.upsert(ADA)
        assert await tx.lookers.prune(NOW) == 0
        assert await tx.lookers.prune(NOW + timedelta(seconds=1)) == 1
