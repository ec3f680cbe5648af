from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain import ProjectScope
from bot.rules.muting import Mute
from bot.store.store import Store
from tests.plugins.factories import NOW

LATER = NOW + timedelta(hours=2)
WHOLE = Mute("T", "C", LATER, "U1", NOW)
WEB = replace(WHOLE, scope=ProjectScope.parse("gh/acme/web"), until=NOW + timedelta(hours=1))
RULE = replace(WHOLE, rule_id=7, channel="D")


async def test_mutes_read_back_as_they_were_made_and_those_that_have_ended_do_not(store: Store) -> None:
    async with store.begin() as tx:
        for mute in (WHOLE, WEB, RULE):
            await tx.mutes.upsert(mute)
        assert await tx.mutes.list_for_channels("T", ["C", "D"], NOW) == [WEB, WHOLE, RULE]
        assert await tx.mutes.list_for_channels("T", ["C"], WEB.until) == [WHOLE]
        assert await tx.mutes.list_for_channels("T", [], NOW) == []
        assert await tx.mutes.prune(LATER) == 1
        assert await tx.mutes.list_for_channels("T", ["C"], NOW) == [WHOLE]


async def test_muting_the_same_again_changes_how_long_and_whose_it_is(store: Store) -> None:
    again = replace(WHOLE, until=LATER + timedelta(hours=1), made_by="U2")
    async with store.begin() as tx:
        await tx.mutes.upsert(WHOLE)
        await tx.mutes.upsert(again)
        assert await tx.mutes.list_for_channels("T", ["C"], NOW) == [again]
        assert await tx.mutes.delete(again)
        assert not await tx.mutes.delete(again)
        assert await tx.mutes.list_for_channels("T", ["C"], NOW) == []


async def test_of_a_rule_that_is_gone_nothing_is_muted(store: Store) -> None:
    async with store.begin() as tx:
        for mute in (WHOLE, RULE):
            await tx.mutes.upsert(mute)
        await tx.mutes.delete_for_rule("T", 7)
        assert await tx.mutes.list_for_channels("T", ["C", "D"], NOW) == [WHOLE]
