from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.dispatch.whom_to_ask import Admins
from bot.domain.people import AddedAdmin
from bot.rules.policy_decision import Asker
from bot.store.store import Store

GRACE = AddedAdmin("T1", "U0GRACE", "U0ADA", datetime(2026, 11, 30, tzinfo=UTC))
LEADS = GRACE._replace(who="S0LEADS")
ELSEWHERE = GRACE._replace(workspace="T2")


async def test_each_workspace_has_its_own_admins(store: Store) -> None:
    async with store.begin() as tx:
        assert [await tx.admins.insert(one) for one in (GRACE, LEADS, ELSEWHERE, GRACE)] == [True, True, True, False]
        assert await tx.admins.list_for_workspace("T1") == [LEADS, GRACE]
        assert await tx.admins.delete("T1", "U0GRACE")
        assert not await tx.admins.delete("T1", "U0GRACE")
        assert await tx.admins.list_for_workspace("T1") == [LEADS]
        assert await tx.admins.list_for_workspace("T2") == [ELSEWHERE]


async def test_two_admins_who_remove_each_other_at_once_leave_one(store: Store) -> None:
    async def remove(who: str) -> None:
        async with store.begin() as tx:
            if len(await tx.admins.list_for_workspace("T1", locked=True)) > 1:
                await tx.admins.delete("T1", who)

    async with store.begin() as tx:
        assert [await tx.admins.insert(one) for one in (GRACE, LEADS)] == [True, True]
    await asyncio.gather(remove(GRACE.who), remove(LEADS.who))
    async with store.begin() as tx:
        assert len(await tx.admins.list_for_workspace("T1")) == 1


async def test_whom_one_workspace_adds_is_none_in_another(store: Store) -> None:
    admins = Admins(frozenset({"T1/U0ADA"}), single_workspace=False)
    async with store.begin() as tx:
        await tx.admins.insert(GRACE)
        here, there = await admins.load(tx, "T1"), await admins.load(tx, "T2")
    people = [Asker(user="U0ADA"), Asker(user="U0GRACE")]
    assert [here.has(one) for one in people] == [True, True]
    assert [there.has(one) for one in people] == [False, False]
