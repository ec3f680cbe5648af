from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.rules.policy_line import Effect, PolicyLine, PolicyScope
from bot.rules.policy_version import PolicyVersion
from bot.store.store import Store

LINE = PolicyLine(Effect.ONLY, ("UADA",), PolicyScope("decide", project="gh/acme/web", parameters=(("a", "b"),)))
FIRST = PolicyVersion("T1", 1, (LINE,), "UADA", datetime(2026, 11, 30, tzinfo=UTC), "first")


async def test_the_newest_version_counts_and_the_others_are_kept(store: Store) -> None:
    second = replace(FIRST, number=2, lines=(), changed_by=None)
    elsewhere = replace(FIRST, workspace="T2")
    async with store.begin() as tx:
        assert [await tx.policy_versions.insert(one) for one in (FIRST, second, elsewhere)] == [True] * 3
        assert await tx.policy_versions.load_lines("T1") == ()
        assert await tx.policy_versions.load_lines("T2") == (LINE,)
        assert await tx.policy_versions.load_lines("T3") == ()
        assert await tx.policy_versions.list_newest("T1", 10) == [second, FIRST]
        assert await tx.policy_versions.list_newest("T1", 10, 1) == [FIRST]
        assert await tx.policy_versions.find("T1", 1) == FIRST
        assert await tx.policy_versions.find("T1", 3) is None
        assert await tx.policy_versions.count("T1") == 2
        assert await tx.policy_versions.list_workspaces() == ["T1", "T2"]


async def test_of_two_who_write_the_same_version_one_is_told(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.policy_versions.insert(FIRST)
        assert not await tx.policy_versions.insert(replace(FIRST, lines=(), changed_by="UEVE"))
        assert await tx.policy_versions.load_lines("T1") == (LINE,)
