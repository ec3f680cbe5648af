from __future__ import annotations

from bot.rules.policy import Policy
from bot.store.store import Store

DEPLOY = Policy("T1", "trigger", "C1", ("UADA", "UGRACE"))
NOBODY = Policy("T1", "cancel", "*", ())


async def test_a_workspaces_policy_is_replaced_as_a_whole(store: Store) -> None:
    elsewhere = Policy("T2", "*", "*", ("UEVE",))
    async with store.begin() as tx:
        await tx.policies.replace_all("T1", [DEPLOY])
        await tx.policies.replace_all("T2", [elsewhere])
        await tx.policies.replace_all("T1", [NOBODY, DEPLOY])
        assert await tx.policies.list_for_workspace("T1") == [NOBODY, DEPLOY]
        assert await tx.policies.list_for_workspace("T2") == [elsewhere]
        await tx.policies.replace_all("T1", [])
        assert await tx.policies.list_for_workspace("T1") == []
