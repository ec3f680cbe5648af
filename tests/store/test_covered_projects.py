from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
RULE = Subscription(0, "T1", "C1", ProjectScope.parse("gh/acme/web"), Rule(branch=("main",)), "UADA", NOW)
WIDE = replace(RULE, scope=ProjectScope.parse("gh/acme"))


async def _add(store: Store, rule: Subscription) -> Subscription:
    async with store.begin() as tx:
        return await tx.subscriptions.insert(rule)


async def test_a_rule_for_several_projects_hears_those_that_it_was_found_to_cover(store: Store) -> None:
    rule, api = await _add(store, WIDE), ProjectSlug("gh", "acme", "api")
    async with store.begin() as tx:
        assert await tx.subscriptions.list_for_project(WEB) == []
        await tx.coverage.cover(rule.id, [WEB, api], NOW)
        await tx.coverage.cover(rule.id, [WEB], NOW + timedelta(minutes=1))
        assert await tx.coverage.list_projects(rule.id) == [api, WEB], "seen longest ago first"
        assert await tx.subscriptions.list_for_project(WEB) == [rule]
        await tx.coverage.uncover(rule.id, WEB)
        assert await tx.subscriptions.list_for_project(WEB) == []
        assert await tx.subscriptions.list_for_project(api) == [rule]


async def test_a_rule_that_is_changed_covers_what_it_says_now(store: Store) -> None:
    rule = await _add(store, RULE)
    changed = replace(rule, scope=ProjectScope.parse("gh/acme/api"), rule=Rule(tag=("v*",)), made_by="UGRACE")
    async with store.begin() as tx:
        await tx.subscriptions.update(changed)
        assert await tx.subscriptions.find("T1", rule.id) == changed
        assert await tx.subscriptions.find("T2", rule.id) is None
        assert await tx.subscriptions.list_for_project(WEB) == []
        assert await tx.coverage.list_projects(rule.id) == [ProjectSlug("gh", "acme", "api")]
        assert await tx.subscriptions.find_same(RULE) is None
        assert await tx.subscriptions.find_same(changed) == changed


async def test_what_a_removed_rule_covered_is_forgotten_with_it(store: Store) -> None:
    rule = await _add(store, RULE)
    async with store.begin() as tx:
        await tx.subscriptions.delete("T1", "C1", rule.id)
        assert await tx.coverage.list_projects(rule.id) == []
