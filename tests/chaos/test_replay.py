"""`circlebot outbox replay`: a database is lost, workers die over the replay, and everything wanted is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import ProjectScope
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.slack.scopes import OPTIONAL_SCOPES
from bot.store.vault import generate_key
from tests.plugins.chaos_harness import TEAM, ChaosHarness, count_duplicates, run_chaos_harness
from tests.plugins.database import create_database
from tests.plugins.factories import WEB
from tests.plugins.programs import ProgramResult, run_circlebot
from tests.plugins.slack_users import ADA, DEPLOYS


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> str:
    return await create_database(tmp_path)


async def _run(harness: ChaosHarness, *words: str) -> ProgramResult:
    return await run_circlebot("outbox", *words, env=harness.environment, cwd=harness.cwd)


async def _replay(harness: ChaosHarness, since: datetime, *more: str) -> str:
    done = await _run(harness, "replay", "--since", f"{since:%Y-%m-%dT%H:%M:%S}", *more)
    assert done.code == 0, done.out
    return done.out


@asynccontextmanager
async def _lose_database(harness: ChaosHarness, new_url: str) -> AsyncIterator[None]:
    """An empty one takes its place, in which somebody makes the rule anew."""
    await harness.store.close()
    async with harness.follow_database(new_url):
        rule, now = Rule.parse({"only": ["failed"]}), datetime.now(UTC)
        async with harness.store.begin() as tx:
            scope = ProjectScope.parse(str(WEB))
            await tx.subscriptions.insert(Subscription(0, TEAM, DEPLOYS, scope, rule, ADA, now))
            await tx.polled_projects.upsert(WEB, now)
        yield


async def _wait_until_replayed(harness: ChaosHarness) -> Counter[str]:
    """Then how often each key stands in Slack."""

    async def all_read() -> bool | None:
        async with harness.store.begin_read() as tx:
            asked = await tx.replays.list_all()
        return (bool(asked) and all(one.done_at for one, _left in asked)) or None

    await harness.wait_until(all_read, "the replay to be over")
    return await harness.wait_until_delivered()


async def test_a_lost_database_is_told_again_once_though_workers_die_over_it(sqlite_url: str, tmp_path: Path) -> None:
    since, new = datetime.now(UTC), tmp_path / "new"
    new.mkdir()
    new_url = await create_database(new)
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        async with harness.run_bot("worker"):
            await harness.push("broken", "broken")
            await harness.wait_until_delivered()
        await harness.push("broken", "broken")
        async with _lose_database(harness, new_url):
            await _replay(harness, since)
            for step in ("publish.before_commit@2", "publish.after_commit@2", "delivery.after_send"):
                await harness.crash_at(step)
            async with harness.run_bot("worker"):
                said = await _wait_until_replayed(harness)
                told = (await _run(harness, "replay")).out
    assert f"{TEAM} gh/acme/web  since" in told
    assert "  done: " in told
    assert harness.kills == 3
    assert count_duplicates(said) == 0, said.most_common(5)


async def _wait_until_over(harness: ChaosHarness) -> None:
    """CircleCI has run what was pushed."""
    api, ada = "/circleci/api/v2", {"Circle-Token": "CCIPAT_ada"}
    [number] = harness.pushed
    pipeline = (await harness.http.get(f"{api}/project/{WEB}/pipeline/{number}", headers=ada)).json()

    async def over() -> bool | None:
        answer = await harness.http.get(f"{api}/pipeline/{pipeline['id']}/workflow", headers=ada)
        return "failed" in [one["status"] for one in answer.json()["items"]] or None

    await harness.wait_until(over, "the pipeline to fail")


async def test_two_workers_and_two_wishes_tell_it_once(
    postgres_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    since = datetime.now(UTC)
    async with run_chaos_harness(postgres_url, tmp_path) as harness:
        async with harness.run_bot("worker"):
            await harness.push("broken", "broken")
            await harness.wait_until_delivered()
        await harness.push("broken")
        migrated = await run_circlebot(
            "migrate", env=harness.environment | {"DATABASE_URL": empty_postgres_url}, cwd=tmp_path
        )
        assert migrated.code == 0, migrated.out
        async with _lose_database(harness, empty_postgres_url), AsyncExitStack() as workers:
            await _replay(harness, since)
            await _replay(harness, since)
            for _ in range(2):
                await workers.enter_async_context(harness.run_bot("worker"))
            said = await _wait_until_replayed(harness)
    assert count_duplicates(said) == 0, said.most_common(5)


async def test_what_was_dropped_by_mistake_is_sent_after_all(sqlite_url: str, tmp_path: Path) -> None:
    since = datetime.now(UTC)
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        await harness.enqueue_outcomes(4)
        async with harness.store.begin_read() as tx:
            ids = [one.id for one in await tx.undelivered.list_all(datetime.now(UTC))]
        await _run(harness, "drop", *ids, "--yes")
        assert "8 that were dropped since then would be sent after all." in await _replay(harness, since, "--dry-run")
        assert "8 that were dropped since then will be sent after all." in await _replay(harness, since)
        async with harness.run_bot("worker"):
            said = await _wait_until_replayed(harness)
    assert count_duplicates(said) == 0, said.most_common(5)


async def test_where_history_may_not_be_read_it_says_so_and_counts_first(sqlite_url: str, tmp_path: Path) -> None:
    since = datetime.now(UTC)
    async with run_chaos_harness(sqlite_url, tmp_path, declined=OPTIONAL_SCOPES) as harness:
        await harness.push("broken")
        await _wait_until_over(harness)
        counted = await _replay(harness, since, "--dry-run")
        async with harness.store.begin_read() as tx:
            assert (await tx.replays.list_all(), await tx.undelivered.list_all(datetime.now(UTC))) == ([], [])
    assert f"{TEAM} gh/acme/web  " in counted
    assert ", 1 to be told if Slack does not have it" in counted
    assert f"In {TEAM} circlebot may not read what Slack has" in counted


@pytest.mark.parametrize(
    ("since", "says"),
    [
        ("2999-01-01", "that moment has not come yet."),
        ("2020-01-01", "that is more than 30 days ago"),
        ("now", "no rule covers any project: bring the rules back first"),
    ],
)
async def test_what_cannot_be_replayed_is_told(since: str, says: str, sqlite_url: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": sqlite_url, "ENCRYPTION_KEYS": generate_key()}
    moment = since.replace("now", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}")
    done = await run_circlebot("outbox", "replay", "--since", moment, env=env, cwd=tmp_path)
    assert (done.code, says in done.out) == (1, True), done.out
