from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import ProjectSlug, Subscription
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
OPAQUE = ProjectSlug("circleci", "4b7e", "9c1d")
RULE = Subscription(0, "T1", "C1", WEB, "main", "*", frozenset({"failed", "recovered"}), "UADA", NOW)


async def _add(store: Store, rule: Subscription) -> Subscription:
    async with store.begin() as tx:
        return await tx.subscriptions.add(rule)


async def test_a_rule_gets_an_id_and_is_kept_as_it_was_made(store: Store) -> None:
    added = await _add(store, RULE)
    assert added == replace(RULE, id=added.id)
    async with store.read() as tx:
        assert await tx.subscriptions.of_channel("T1", "C1") == [added]
        assert await tx.subscriptions.of_project(WEB) == [added]
        assert await tx.subscriptions.of_workspace("T1") == await tx.subscriptions.all() == [added]


async def test_the_same_rule_made_again_is_the_first_one(store: Store) -> None:
    first = await _add(store, RULE)
    assert await _add(store, replace(RULE, made_by="UGRACE")) == first
    assert (await _add(store, replace(RULE, branch="release/*"))).id != first.id


async def test_no_rule_is_lost_when_many_are_made_at_once(store: Store, other_replica: Store) -> None:
    rules = [replace(RULE, branch=f"b{number}") for number in range(20)]
    added = await asyncio.gather(*(_add(at, rule) for rule in rules for at in (store, other_replica)))
    async with store.read() as tx:
        kept = await tx.subscriptions.all()
    assert {rule.branch for rule in kept} == {rule.branch for rule in rules}
    assert len(kept) == 20
    assert {rule.id for rule in added} == {rule.id for rule in kept}


async def test_a_rule_is_removed_only_where_it_is_heard(store: Store) -> None:
    rule = await _add(store, RULE)
    async with store.begin() as tx:
        assert not await tx.subscriptions.remove("T1", "C2", rule.id)
        assert not await tx.subscriptions.remove("T2", "C1", rule.id)
        assert await tx.subscriptions.remove("T1", "C1", rule.id)
        assert not await tx.subscriptions.remove("T1", "C1", rule.id)
        assert await tx.subscriptions.all() == []


async def test_the_id_of_a_removed_rule_never_names_another(store: Store) -> None:
    """An old message may still have the button that removes it."""
    old = await _add(store, RULE)
    async with store.begin() as tx:
        await tx.subscriptions.remove("T1", "C1", old.id)
    assert (await _add(store, replace(RULE, branch="other"))).id != old.id


async def test_every_project_with_a_rule_is_named_once(store: Store) -> None:
    for rule in (RULE, replace(RULE, channel="C2"), replace(RULE, project=OPAQUE)):
        await _add(store, rule)
    async with store.read() as tx:
        assert sorted(await tx.subscriptions.projects()) == sorted([WEB, OPAQUE])
