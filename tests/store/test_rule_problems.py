from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectScope
from bot.rules.rule import Rule
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


async def _rule(tx: Tx, branch: str = "main") -> Subscription:
    rule = Subscription(0, "T1", "C1", ProjectScope.parse("gh/acme/web"), Rule(branch=(branch,)), "UADA", NOW)
    return await tx.subscriptions.insert(rule)


async def test_each_kind_of_thing_is_noted_once_for_a_rule_as_it_stands_now(store: Store) -> None:
    async with store.begin() as tx:
        rule = await _rule(tx)
        owner = RuleProblem(rule.id, "owner", "expired", "", NOW)
        project = RuleProblem(rule.id, "project", "renamed", "gh/acme/site", NOW)
        for problem in (owner, project, replace(owner, reason="left", since=LATER)):
            await tx.rule_problems.upsert(problem)
        assert await tx.rule_problems.list_for_rules([rule.id]) == {
            rule.id: [replace(owner, reason="left", since=LATER), project]
        }
        assert await tx.rule_problems.list_for_rules([rule.id + 1]) == {}


async def test_what_was_told_together_is_found_together_also_when_it_is_over(store: Store) -> None:
    async with store.begin() as tx:
        rules = [await _rule(tx, "a"), await _rule(tx, "b")]
        noted = [RuleProblem(rule.id, "owner", "left", "silent", NOW) for rule in rules]
        for problem in noted:
            await tx.rule_problems.upsert(problem)
        await tx.rule_problems.mark_reported(noted, "key")
        assert await tx.rule_problems.mark_resolved(rules[0].id, ["project"], LATER) == []
        assert await tx.rule_problems.mark_resolved(rules[0].id, ["owner", "project"], LATER) == [
            replace(noted[0], told_in="key")
        ]
        assert await tx.rule_problems.mark_resolved(rules[0].id, ["owner"], LATER) == [], "it is over once"
        assert list(await tx.rule_problems.list_for_rules(rule.id for rule in rules)) == [rules[1].id]
        assert [one.over_at for one in await tx.rule_problems.list_reported_in("key")] == [LATER, None]


async def test_it_comes_again_and_is_to_be_told_again(store: Store) -> None:
    async with store.begin() as tx:
        rule = await _rule(tx)
        problem = RuleProblem(rule.id, "owner", "left", "", NOW)
        await tx.rule_problems.upsert(problem)
        await tx.rule_problems.mark_reported([problem], "key")
        await tx.rule_problems.mark_resolved(rule.id, ["owner"], LATER)
        await tx.rule_problems.upsert(replace(problem, since=LATER))
        assert await tx.rule_problems.list_for_rules([rule.id]) == {rule.id: [replace(problem, since=LATER)]}


async def test_it_goes_with_its_rule(store: Store) -> None:
    async with store.begin() as tx:
        rule = await _rule(tx)
        await tx.rule_problems.upsert(RuleProblem(rule.id, "owner", "left", "", NOW, told_in="key"))
        await tx.subscriptions.delete("T1", "C1", rule.id)
        assert await tx.rule_problems.list_reported_in("key") == []
