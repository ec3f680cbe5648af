from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.store.store import Store
from tests.rules.test_project_freeze import FREEZE, NOW


async def test_a_freeze_stands_until_its_end_and_is_looked_at_when_it_begins(store: Store) -> None:
    later = replace(FREEZE, scope=None, since=NOW + timedelta(days=1), until=NOW + timedelta(days=2), exempt=())
    async with store.begin() as tx:
        first, second = await tx.freezes.insert(FREEZE), await tx.freezes.insert(later)
        await tx.freezes.insert(replace(FREEZE, workspace="T2"))
        standing = [replace(FREEZE, id=first), replace(later, id=second)]
        assert await tx.freezes.list_standing("T1", NOW) == standing
        assert await tx.freezes.list_standing("T1", FREEZE.until) == []
        assert [one.id for one in await tx.freezes.list_due(NOW) if one.workspace == "T1"] == [first]
        await tx.freezes.set_next_look_at(standing[0], FREEZE.until)
        assert [one.id for one in await tx.freezes.list_due(NOW) if one.workspace == "T1"] == []
        assert await tx.freezes.find("T2", first) is None


async def test_it_is_ended_once(store: Store) -> None:
    async with store.begin() as tx:
        freeze = replace(FREEZE, id=await tx.freezes.insert(FREEZE))
        ended = freeze.end(NOW + timedelta(hours=1), "UEVE")
        assert await tx.freezes.end(ended)
        assert not await tx.freezes.end(freeze.end(NOW + timedelta(hours=2), "UADA"))
        assert await tx.freezes.find("T1", freeze.id) == ended
        assert await tx.freezes.prune(NOW + timedelta(days=1)) == 1
