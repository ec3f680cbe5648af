"""The rules that may want an outcome, found among all that cover its project."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from sqlalchemy import text

from bot.domain import Outcome, ProjectScope, ProjectSlug
from bot.rules.match import matches
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.engine.engines import build_engines
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements, explain_plan

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
MAIN = Outcome("w1:failed", "failed", "failed", WEB, "p1", 1, "build", "w1", "main", None, NOW, on_default=True)
RELEASE = replace(MAIN, branch="release/1", on_default=False)
TAG = replace(RELEASE, branch=None, tag="v1.0")
NO_REF = replace(TAG, tag=None)

RULES = {
    "any": Rule(),
    "any but": Rule(not_branch=("main",)),
    "main": Rule(branch=("main",)),
    "release": Rule(branch=("release/*",)),
    "both": Rule(branch=("main", "release/[0-9]")),
    "tags": Rule(tag=("v*",)),
    "all tags": Rule(tag=("*",)),
    "release or tag": Rule(branch=("release/?",), tag=("v1.0",)),
    "default": Rule(default_branch=True),
    "fixes": Rule(branch=("*-fix",)),
    "literal": Rule(branch=("fix[1]",)),
}


async def _add(store: Store, rule: Rule, channel: str = "C1", scope: str = str(WEB)) -> Subscription:
    async with store.begin() as tx:
        return await tx.subscriptions.insert(
            Subscription(0, "T1", channel, ProjectScope.parse(scope), rule, "UADA", NOW)
        )


async def _channels(store: Store, outcome: Outcome) -> set[str]:
    async with store.begin_read() as tx:
        return {rule.channel for rule in await tx.subscriptions.list_candidates(outcome)}


async def test_rules_about_other_refs_are_not_read(store: Store) -> None:
    for channel, rule in RULES.items():
        await _add(store, rule, channel)
    always, branches = {"any", "any but"}, {"any", "any but", "fixes"}
    assert await _channels(store, MAIN) == branches | {"main", "both", "default"}
    assert await _channels(store, RELEASE) == branches | {"release", "both", "release or tag"}
    assert await _channels(store, replace(RELEASE, branch="fix[1]")) == branches | {"literal"}
    assert await _channels(store, replace(RELEASE, branch="v1.0")) == branches, "a branch is no tag"
    assert await _channels(store, TAG) == always | {"tags", "all tags", "release or tag"}
    assert await _channels(store, NO_REF) == always
    assert await _channels(store, replace(MAIN, tag="v1.0")) == set(RULES), "CircleCI never says both"
    assert await _channels(store, replace(MAIN, project=API)) == set()


GLOBS = [
    "main", "mai?", "release/*", "release/1", "release/[12]", "r*1", "*", "**", "?", "[mv]*", "v1*", "v1.0", "V1*",
    "fix[1]", "fix[[]1]", "dependabot/npm_and_yarn/*", "dependabot/npm_and_yarn/left-pad-*", "größe/*", "[", "",
]  # fmt: skip
REFS = [
    "main", "maintenance", "release/1", "release/12", "m", "v1", "v1.0", "fix[1]", "fix1", "größe/ä", "größe",
    "dependabot/npm_and_yarn/left-pad-1.3.0", "dependabot/npm_and_yarn", "[", "", None,
]  # fmt: skip


def _many_rules() -> list[Rule]:
    """Each glob as a branch, as a tag, beside the next and on the default branch; and what names no ref."""
    nexts = list(zip(GLOBS, [*GLOBS[1:], GLOBS[0]], strict=True))
    return [
        *(Rule(**{kind: (glob,)}) for glob in GLOBS for kind in ("branch", "tag", "not_branch", "not_tag")),
        *(Rule(**{kind: pair}) for pair in nexts for kind in ("branch", "tag")),
        *(Rule(branch=(one,), tag=(other,)) for one, other in nexts),
        *(Rule(branch=(glob,), default_branch=True) for glob in GLOBS),
        *(Rule(), Rule(default_branch=True), Rule(default_branch=True, tag=("v*",))),
    ]


async def test_of_the_rules_that_are_read_the_same_want_it_as_of_all(store: Store) -> None:
    rules = _many_rules()
    async with store.begin() as tx:
        for rule in rules:
            await tx.subscriptions.insert(Subscription(0, "T1", "C1", ProjectScope.parse(str(WEB)), rule, "UADA", NOW))
        everything = await tx.subscriptions.list_for_project(WEB)
        for outcome in _outcomes():
            found = await tx.subscriptions.list_candidates(outcome)
            assert _wanting(found, outcome) == _wanting(everything, outcome), outcome
    assert len(everything) == len(rules) > 160


def _outcomes() -> list[Outcome]:
    refs = [*((ref, None) for ref in REFS), *((None, ref) for ref in REFS), *combinations(REFS[:4], 2)]
    return [
        replace(MAIN, branch=branch, tag=tag, on_default=on_default)
        for branch, tag in refs
        for on_default in (True, False)
    ]


def _wanting(rules: Sequence[Subscription], outcome: Outcome) -> list[Subscription]:
    return [rule for rule in rules if matches(rule, outcome)]


async def test_a_rule_that_is_changed_is_found_by_what_it_says_now(store: Store) -> None:
    rule = await _add(store, RULES["main"])
    async with store.begin() as tx:
        for now, outcome in (("release or tag", TAG), ("any", NO_REF), ("default", MAIN)):
            changed = await tx.subscriptions.update(replace(rule, rule=RULES[now]))
            assert await tx.subscriptions.list_candidates(outcome) == [changed], now
        assert await tx.subscriptions.list_candidates(RELEASE) == []


async def test_a_rule_for_several_projects_is_found_where_it_covers_them(store: Store) -> None:
    wide = await _add(store, RULES["both"], scope="gh/acme")
    on_api = replace(MAIN, project=API)
    async with store.begin() as tx:
        assert await tx.subscriptions.list_candidates(MAIN) == []
        await tx.coverage.cover(wide.id, [WEB, API], NOW)
        await tx.coverage.cover(wide.id, [WEB], NOW)
        assert await tx.subscriptions.list_candidates(MAIN) == await tx.subscriptions.list_candidates(on_api) == [wide]
        assert await tx.subscriptions.list_candidates(TAG) == []
        await tx.coverage.uncover(wide.id, WEB)
        assert await tx.subscriptions.list_candidates(MAIN) == []
        assert await tx.subscriptions.list_candidates(on_api) == [wide]


async def test_a_rule_that_is_changed_while_its_projects_are_written_down_is_found_by_what_it_says_now(
    store: Store, other_replica: Store
) -> None:
    async def cover() -> None:
        async with other_replica.begin() as tx:
            await tx.coverage.cover(wide.id, [WEB], NOW)

    wide = await _add(store, RULES["main"], scope="gh/acme")
    async with store.begin() as tx:
        changed = await tx.subscriptions.update(replace(wide, rule=RULES["release"]))
        covering = asyncio.create_task(cover())
        await asyncio.wait([covering], timeout=0.2)
    await covering
    async with store.begin_read() as tx:
        assert await tx.subscriptions.list_candidates(RELEASE) == [changed]


async def test_a_rule_that_is_given_away_is_found_where_its_new_owner_sees(store: Store) -> None:
    narrow, wide = await _add(store, RULES["main"]), await _add(store, RULES["main"], scope="gh/acme")
    async with store.begin() as tx:
        await tx.coverage.cover(wide.id, [WEB], NOW)
        for rule in (narrow, wide):
            await tx.subscriptions.transfer(rule, "UGRACE")
        assert [rule.id for rule in await tx.subscriptions.list_candidates(MAIN)] == [narrow.id]
        await tx.coverage.cover(wide.id, [WEB], NOW)
        assert [rule.id for rule in await tx.subscriptions.list_candidates(MAIN)] == [narrow.id, wide.id]
        assert await tx.subscriptions.list_candidates(RELEASE) == []


async def test_a_rule_that_is_removed_is_found_no_more(store: Store, database_url: str) -> None:
    rule = await _add(store, RULES["both"])
    async with store.begin() as tx:
        await tx.subscriptions.delete("T1", "C1", rule.id)
        await tx.coverage.cover(rule.id, [WEB], NOW)
        assert await tx.subscriptions.list_candidates(MAIN) == []
    engines = build_engines(database_url)
    async with engines.reader.begin() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM cues")) == 0
    await engines.dispose()


async def test_what_an_older_release_has_covered_is_found_by_any_ref(store: Store, database_url: str) -> None:
    """During a deploy it changes rules, and knows of no cues."""
    rule = await _add(store, RULES["main"])
    engines = build_engines(database_url)
    async with engines.writer.begin() as connection:
        await connection.execute(text("DELETE FROM covers"))
        await connection.execute(
            text(
                "INSERT INTO covers (subscription_id, project, seen_at) SELECT id, project, made_at FROM subscriptions"
            )
        )
    await engines.dispose()
    async with store.begin() as tx:
        assert await tx.subscriptions.list_candidates(MAIN) == await tx.subscriptions.list_candidates(TAG) == [rule]
        await tx.coverage.cover(rule.id, [WEB], NOW)
        assert await tx.subscriptions.list_candidates(MAIN) == [rule]
        assert await tx.subscriptions.list_candidates(TAG) == []


async def test_to_find_them_no_table_is_read_as_a_whole(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin_read() as tx:
        with count_statements() as seen:
            assert await tx.subscriptions.list_candidates(MAIN) == []
    await store.close()
    [asked] = seen.texts
    looks = [step for step in explain_plan(tmp_path / "circlebot.db", asked) if re.match(r"(SCAN|SEARCH) \w", step)]
    assert [step for step in looks if step.startswith("SCAN")] == []
    for table, index in (("covers", "project=? AND cued=?"), ("cues", "cue=? AND project=?")):
        assert any(f" {table} " in step and index in step for step in looks), looks
