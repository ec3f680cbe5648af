"""The worker is killed in the middle of its work and started again: nothing is lost, and almost nothing said twice.

What may be said twice is what Slack had accepted when the process died before its commit: once for each kill.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import ProjectScope
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault
from tests.plugins.block_reader import get_text, is_card
from tests.plugins.database import create_database
from tests.plugins.factories import WEB
from tests.plugins.postgres import PostgresServer
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.slack_users import ADA, DEPLOYS, Json
from tests.plugins.world import run_sandbox

TEAM = "T0SANDBOX"

ENDS = {
    "main": "succeeded",
    "broken": "failed",
    "flaky": "failed",
    "release": "waits for approval",
    "bad-config": "could not start",
}
"""What a channel that hears everything is told of a pipeline on each of these branches."""


@pytest.fixture
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ProcessHarness]:
    """A channel that hears everything of gh/acme/web, and no bot running yet; on SQLite unless a test says more."""
    async with AsyncExitStack() as stack:
        database_url = await _database(request, tmp_path, stack)
        await stack.enter_async_context(asyncio.timeout(180))
        http = await stack.enter_async_context(run_sandbox(speed=10))
        url = str(http.base_url).rstrip("/")
        environment = build_environment(url, database_url) | {"CIRCLECI_TOKEN": "CCIPAT_ada"}
        await _subscribe(Store(database_url, Vault([environment["ENCRYPTION_KEYS"]])))
        yield ProcessHarness(url, http, environment=environment, cwd=tmp_path, within_s=60)


async def _database(request: pytest.FixtureRequest, folder: Path, stack: AsyncExitStack) -> str:
    if getattr(request, "param", "sqlite") == "sqlite":
        return await create_database(folder)
    server: PostgresServer = request.getfixturevalue("postgres")
    url = await server.create_migrated()
    stack.push_async_callback(server.release, url)
    return url


async def _subscribe(store: Store) -> None:
    now = datetime.now(UTC)
    rule = Subscription(0, TEAM, DEPLOYS, ProjectScope.parse(str(WEB)), Rule.parse({"only": ["all"]}), ADA, now)
    async with store.begin() as tx:
        await tx.subscriptions.insert(rule)
        await tx.polled_projects.upsert(WEB, now)
    await store.close()


@pytest.mark.parametrize("harness", ["sqlite", "postgresql"], indirect=True)
async def test_a_worker_killed_at_any_moment_loses_nothing_and_repeats_next_to_nothing(harness: ProcessHarness) -> None:
    async with harness.run_worker_until_killed():
        await harness.push("main", "broken")
        await _more(harness, "chat.postMessage")
    await harness.push("flaky")
    async with harness.run_worker_until_killed():
        await _more(harness, "chat.update", "chat.postMessage")
        await harness.push("release", "bad-config")
    async with harness.run_worker_until_killed():
        await _more(harness, "chat.postMessage")
    async with harness.run_bot("worker"):
        for number, branch in harness.pushed.items():
            await _told(harness, number, ENDS[branch])
        await harness.card("success", number=_number(harness, "main"))
        await harness.card("Approve production", number=_number(harness, "release"))
    await _says_nothing_too_often(harness)


async def test_a_post_whose_answer_died_with_the_process_appears_twice_at_most(harness: ProcessHarness) -> None:
    await harness.control("faults", target="slack", match="chat.postMessage", delay_s=30, count=1)
    async with harness.run_worker_until_killed():
        await harness.push("broken")
        await _more(harness, "chat.postMessage")
    async with harness.run_bot("worker"):
        number = _number(harness, "broken")
        await harness.card("failed", number=number)
        await _told(harness, number, "failed")
    await _says_nothing_too_often(harness)


async def test_what_ended_while_nobody_worked_is_told_by_whoever_comes_next(harness: ProcessHarness) -> None:
    await harness.push("broken")
    await harness.control("advance", seconds=600)
    async with harness.run_bot("worker"):
        number = _number(harness, "broken")
        await harness.card("failed", number=number)
        await _told(harness, number, "failed")


@pytest.mark.parametrize(("word", "harness"), [("run", "sqlite"), ("worker", "postgresql")], indirect=["harness"])
async def test_sigterm_ends_it_within_ten_seconds_whatever_it_does(word: str, harness: ProcessHarness) -> None:
    async with harness.run_bot(word) as process:
        await harness.control("faults", target="slack", match="chat.postMessage", delay_s=60, count=2)
        await harness.push("bad-config")
        await harness.wait_until(_faults_struck(harness), "a post to be made to wait")
        await harness.control("faults", target="circleci", match="workflow", delay_s=60, count=2)
        await harness.push("broken")
        await harness.wait_until(_faults_struck(harness), "a look to be made to wait too")
        await _ended(process)


def _faults_struck(harness: ProcessHarness) -> Callable[[], Awaitable[bool | None]]:
    async def look() -> bool | None:
        return all(fault["count"] == 1 for fault in (await harness.fetch_state("faults"))["faults"]) or None

    return look


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It ends as platforms want it: at SIGTERM, well within the 10 s after which they kill."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.wait() == 0


async def _more(harness: ProcessHarness, *methods: str) -> None:
    """Until the bot has called one of these methods of Slack once more."""
    before = [await harness.count_calls(method) for method in methods]

    async def called() -> bool | None:
        now = [await harness.count_calls(method) for method in methods]
        return True if now != before else None

    await harness.wait_until(called, f"another call of {methods}")


async def _told(harness: ProcessHarness, number: int, says: str) -> None:
    """In the thread of the pipeline's card (either, if a kill left two)."""

    async def told() -> bool | None:
        return True if any(says in text for text in await _thread(harness, number)) else None

    await harness.wait_until(told, f"#{number} to be told as {says!r}")


async def _thread(harness: ProcessHarness, number: int) -> list[str]:
    messages = await harness.list_messages(DEPLOYS)
    cards = {one["ts"] for one in messages if is_card(one) and f"#{number}" in get_text(one)}
    return [get_text(one) for one in messages if one.get("thread_ts") in cards and one["ts"] not in cards]


async def _says_nothing_too_often(harness: ProcessHarness) -> None:
    """Every key that was posted (metadata: event_payload.key) at most once more than there were kills."""
    posted = [call["args"] for call in await harness.list_calls("chat.postMessage") if call["ok"]]
    keys = Counter(_key(args) for args in posted if args["channel"] == DEPLOYS)
    assert len(keys) >= 2 * len(harness.pushed), "every pipeline has a card and at least one notice"
    assert sum(keys.values()) <= len(keys) + 2 * harness.kills, keys
    assert max(keys.values()) <= 1 + harness.kills, keys


def _key(args: Json) -> str:
    key: str = args["metadata"]["event_payload"]["key"]
    return key


def _number(harness: ProcessHarness, branch: str) -> int:
    return next(number for number, pushed in harness.pushed.items() if pushed == branch)
