from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.deploy_board import DeployBoard
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
WEB = ProjectSlug.parse("gh/acme/web")
LEASE_S = 60
LATER = SOON + timedelta(seconds=2 * LEASE_S)
RULE = Subscription(0, "T1", "C1", ProjectScope.parse("gh/acme/web"), Rule(only=frozenset({"deployed"})), "UADA", NOW)


async def _follow(tx: Tx, pipeline_id: str, project: ProjectSlug = WEB, *, over_since: timedelta | None = None) -> None:
    about = {"branch": "main", "tag": None, "snapshot": "{}"}
    await tx.pipelines.follow(pipeline_id, project, 1, now=NOW, **about)
    ended_at = None if over_since is None else NOW - over_since
    await tx.pipelines.update(
        pipeline_id, "{}", "main", tag=None, finished_at=ended_at, next_look_at=None, was_due_at=None
    )


async def _list_due(tx: Tx) -> list[str]:
    return sorted(one.pipeline_id for one in await tx.deploy_looks.claim(NOW, LEASE_S, "one", limit=10))


async def test_one_at_a_time_asks_what_a_pipeline_deploys_until_there_is_nothing_more(store: Store) -> None:
    async with store.begin() as tx:
        await tx.subscriptions.insert(RULE)
        await tx.deploy_looks.ask("p1", WEB, NOW, starter=None)
        [look] = await tx.deploy_looks.claim(NOW, LEASE_S, "one", limit=10)
        assert (look.pipeline_id, look.project, look.since, look.ends) == ("p1", WEB, NOW, 1)
        assert await tx.deploy_looks.claim(NOW, LEASE_S, "two", limit=10) == []
        await tx.deploy_looks.settle(look, SOON, "two")
        assert await tx.deploy_looks.list_next_due_at(LATER, 10) == [NOW], "it is not theirs"
        await tx.deploy_looks.settle(look, SOON, "one")
        assert await tx.deploy_looks.claim(NOW, LEASE_S, "two", limit=10) == []
        [look] = await tx.deploy_looks.claim(SOON, LEASE_S, "two", limit=10)
        await tx.deploy_looks.settle(look, None, "two")
        assert await tx.deploy_looks.list_next_due_at(LATER, 10) == []


async def test_what_ends_while_it_is_asked_about_is_asked_about_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.subscriptions.insert(RULE)
        await tx.deploy_looks.ask("p1", WEB, NOW, starter=None)
        [look] = await tx.deploy_looks.claim(NOW, LEASE_S, "one", limit=10)
        await tx.deploy_looks.ask("p1", WEB, SOON, starter=None)
        await tx.deploy_looks.settle(look, None, "one")
        [look] = await tx.deploy_looks.claim(SOON, LEASE_S, "one", limit=10)
        assert (look.since, look.ends) == (SOON, 2)


@pytest.mark.parametrize(
    ("kinds", "project", "starter", "is_asked"),
    [
        ({"failed"}, "web", "ada", False),
        ({"deployed"}, "api", "grace", False),
        ({"failed", "rolled-back"}, "web", None, True),
        ({"all"}, "web", None, True),
        ({"failed"}, "web", "GRACE", True),
    ],
)
async def test_it_is_asked_where_a_rule_or_whoever_started_it_wants_deploys(
    store: Store, kinds: set[str], project: str, starter: str | None, is_asked: bool
) -> None:
    scope = ProjectScope.parse(f"gh/acme/{project}")
    async with store.begin() as tx:
        for user, topics in (("UADA", {"failed"}), ("UGRACE", {"failed", "deploys"} if starter == "GRACE" else set())):
            await tx.logins.upsert_verified("T1", user, user[1:].lower(), now=NOW)
            await tx.dm_preferences.upsert("T1", user, frozenset(topics))
        await tx.subscriptions.insert(replace(RULE, scope=scope, rule=Rule(only=frozenset(kinds))))
        assert (await tx.deploy_looks.find_wish(WEB) == NOW) is (project == "web" and kinds != {"failed"})
        assert await tx.deploy_looks.is_wanted(WEB, starter=starter) is is_asked
        assert await tx.deploy_looks.ask("p1", WEB, NOW, starter=starter) is is_asked
        assert bool(await _list_due(tx)) is is_asked


async def test_a_rule_that_wants_deploys_hears_from_the_start_of_what_is_under_way(store: Store) -> None:
    api, wide = ProjectSlug.parse("gh/acme/api"), replace(RULE, scope=ProjectScope.parse("gh/acme"))
    async with store.begin() as tx:
        await _follow(tx, "moves")
        await _follow(tx, "ended-lately", over_since=timedelta(hours=1))
        await _follow(tx, "ended-long-ago", over_since=timedelta(hours=3))
        await _follow(tx, "elsewhere", api)
        await tx.subscriptions.insert(replace(RULE, rule=Rule()))
        assert await _list_due(tx) == []
        await tx.subscriptions.insert(RULE)
        assert await _list_due(tx) == ["ended-lately", "moves"]
        rule = await tx.subscriptions.insert(wide)
        await tx.coverage.cover(rule.id, [api], NOW + timedelta(minutes=3))
        assert await _list_due(tx) == [], "an old rule that covers it again"
        await tx.coverage.cover(rule.id, [api], NOW)
        assert await _list_due(tx) == ["elsewhere"]


@pytest.mark.parametrize(("project", "channel_has", "is_asked"), [(WEB, None, 1), (None, WEB, 1), (None, None, 0)])
async def test_a_board_asks_for_deploys_of_what_it_tells_of(
    store: Store, project: ProjectSlug | None, channel_has: ProjectSlug | None, is_asked: bool
) -> None:
    async with store.begin() as tx:
        await tx.channels.set_project("T1", "C1", channel_has)
        await tx.boards.upsert(DeployBoard("T1", "C1", project, "UADA", NOW))
        await tx.deploy_looks.ask("p1", WEB, NOW, starter=None)
        assert len(await _list_due(tx)) == is_asked
        assert (await tx.deploy_looks.find_wish(WEB) == NOW) is bool(is_asked)
        assert not await tx.deploy_looks.is_wanted(ProjectSlug.parse("gh/acme/x"), starter=None)
