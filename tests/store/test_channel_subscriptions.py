from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Account, AccountState
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
SAID = Rule(frozenset({"failed", "recovered"}), branch=("main",), not_actor=("dependabot*",), mine=True)
RULE = Subscription(0, "T1", "C1", ProjectScope.parse("gh/acme/web"), SAID, "UADA", NOW)
WIDE = replace(RULE, scope=ProjectScope.parse("gh/acme"))


def _on(branch: str) -> Subscription:
    return replace(RULE, rule=Rule(branch=(branch,)))


async def _add(store: Store, rule: Subscription) -> Subscription:
    async with store.begin() as tx:
        return await tx.subscriptions.insert(rule)


async def test_a_rule_gets_an_id_and_is_kept_as_it_was_made(store: Store) -> None:
    added = await _add(store, RULE)
    assert added == replace(RULE, id=added.id)
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_for_channel("T1", "C1") == [added]
        assert await tx.subscriptions.list_for_project(WEB) == [added]
        assert await tx.subscriptions.list_for_workspace("T1") == await tx.subscriptions.list_after(0, 1000) == [added]


async def test_the_same_rule_made_again_is_the_first_one(store: Store) -> None:
    first = await _add(store, RULE)
    assert await _add(store, replace(RULE, made_by="UGRACE")) == first
    assert (await _add(store, _on("release/*"))).id != first.id


async def test_no_rule_is_lost_when_many_are_made_at_once(store: Store, other_replica: Store) -> None:
    rules = [_on(f"b{number}") for number in range(20)]
    added = await asyncio.gather(*(_add(at, rule) for rule in rules for at in (store, other_replica)))
    async with store.begin_read() as tx:
        kept = await tx.subscriptions.list_after(0, 1000)
    assert {rule.rule for rule in kept} == {rule.rule for rule in rules}
    assert len(kept) == 20
    assert {rule.id for rule in added} == {rule.id for rule in kept}


async def test_a_rule_is_removed_only_where_it_is_heard(store: Store) -> None:
    rule = await _add(store, RULE)
    async with store.begin() as tx:
        assert not await tx.subscriptions.delete("T1", "C2", rule.id)
        assert not await tx.subscriptions.delete("T2", "C1", rule.id)
        assert await tx.subscriptions.delete("T1", "C1", rule.id)
        assert not await tx.subscriptions.delete("T1", "C1", rule.id)
        assert await tx.subscriptions.list_after(0, 1000) == []


async def test_the_id_of_a_removed_rule_never_names_another(store: Store) -> None:
    """An old message may still have the button that removes it."""
    old = await _add(store, RULE)
    async with store.begin() as tx:
        await tx.subscriptions.delete("T1", "C1", old.id)
    assert (await _add(store, _on("other"))).id != old.id


async def test_the_makers_of_rules_that_cover_projects_are_named_once_the_oldest_rule_first(store: Store) -> None:
    api = ProjectSlug("gh", "acme", "api")
    for user, branch in (("UGRACE", "a"), ("UADA", "b"), ("UGRACE", "c")):
        await _add(store, replace(_on(branch), made_by=user))
    await _add(store, replace(RULE, workspace="T2", made_by="UADA", scope=ProjectScope.parse("gh/acme/api")))
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_makers([WEB]) == [("T1", "UGRACE"), ("T1", "UADA")]
        assert await tx.subscriptions.list_makers([api, WEB]) == [("T1", "UGRACE"), ("T1", "UADA"), ("T2", "UADA")]
        assert await tx.subscriptions.list_makers([]) == []


async def test_only_rules_for_several_projects_are_wide(store: Store) -> None:
    globs = [
        replace(RULE, scope=ProjectScope.parse(text))
        for text in ("gh/acme", "gh/acme/w?b", "gh/acme/[ab]", "circleci/x/y*")
    ]
    wide = [await _add(store, rule) for rule in globs]
    for text in ("gh/acme/web", "circleci/x/y"):
        await _add(store, replace(RULE, scope=ProjectScope.parse(text)))
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_pattern_rules("T1", "UADA") == wide
        assert await tx.subscriptions.list_pattern_makers() == [("T1", "UADA")]
        assert (
            await tx.subscriptions.list_pattern_rules("T2", "UADA")
            == await tx.subscriptions.list_pattern_rules("T1", "UGRACE")
            == []
        )


async def test_what_a_person_can_reach_is_of_their_channel_or_their_own_and_of_their_workspace(store: Store) -> None:
    here, own = await _add(store, RULE), await _add(store, replace(RULE, channel="C2", made_by="UGRACE"))
    await _add(store, replace(RULE, channel="C3"))
    await _add(store, replace(RULE, workspace="T2", made_by="UGRACE"))
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_removable("T1", RULE.channel, "UGRACE") == [here, own]
        assert await tx.subscriptions.list_made_by("T1", "UGRACE", 10) == [own]
        assert len(await tx.subscriptions.list_made_by("T1", "UADA", 1)) == 1
        assert await tx.subscriptions.list_workspaces() == ["T1", "T2"]


async def test_all_rules_are_read_few_at_a_time(store: Store) -> None:
    added = [await _add(store, replace(RULE, channel=f"C{number}")) for number in range(5)]
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_after(0, 2) == added[:2]
        assert await tx.subscriptions.list_after(added[1].id, 9) == added[2:]
        assert await tx.subscriptions.list_by_ids([added[4].id, added[0].id]) == [added[0], added[4]]


async def test_a_rule_knows_its_makers_login_while_they_are_connected(store: Store) -> None:
    rule = await _add(store, RULE)
    async with store.begin() as tx:
        await tx.accounts.upsert(Account("T1", "UADA", "id", "ada", "Ada", AccountState.ACTIVE, NOW, "token"))
        assert (await tx.subscriptions.list_after(0, 1000))[0].login == "ada"
        await tx.accounts.upsert(Account("T2", "UADA", "id", "other", "Ada", AccountState.ACTIVE, NOW, "token"))
        assert await tx.subscriptions.list_after(0, 1000) == [replace(rule, login="ada")]


async def test_a_rule_is_given_to_somebody_once_and_covers_what_they_can_see(store: Store) -> None:
    narrow, wide = await _add(store, RULE), await _add(store, WIDE)
    async with store.begin() as tx:
        await tx.coverage.cover(wide.id, [WEB], NOW)
        for rule in (narrow, wide):
            assert await tx.subscriptions.transfer(rule, "UGRACE")
            assert not await tx.subscriptions.transfer(rule, "UEVE"), "somebody else answers for it by now"
        assert await tx.subscriptions.find("T1", narrow.id) == replace(narrow, made_by="UGRACE")
        assert await tx.coverage.list_projects(narrow.id) == [WEB]
        assert await tx.coverage.list_projects(wide.id) == []


async def test_what_is_mine_goes_by_all_logins_of_whoever_made_the_rule(store: Store) -> None:
    async with store.begin() as tx:
        await tx.logins.upsert_verified("T1", "UADA", "ada", now=NOW)
        await tx.logins.insert_claimed("T1", "UADA", "ada-l", now=NOW)
        await tx.logins.insert_claimed("T2", "UADA", "elsewhere", now=NOW)
        await tx.logins.insert_claimed("T1", "UGRACE", "grace", now=NOW)
    await _add(store, RULE)
    await _add(store, _on("main"))
    async with store.begin_read() as tx:
        mine, other = await tx.subscriptions.list_for_channel("T1", "C1")
    assert mine.other_logins == {"ada", "ada-l"}
    assert other.other_logins == frozenset()
