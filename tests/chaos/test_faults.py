"""Slack, CircleCI and the database fail while a bot works: nothing is lost, and nothing said twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.plugins.chaos_harness import count_duplicates, run_chaos_harness
from tests.plugins.database import create_database
from tests.plugins.postgres import PostgresServer

SLACK: tuple[dict[str, Any], ...] = (
    {"match": "chat.postMessage", "accept_then_drop": True, "count": 5},
    {"match": "chat.postMessage", "status": 429, "retry_after": 1, "count": 5},
    {"match": "chat.postMessage", "status": 503, "count": 3},
    {"match": "chat.postMessage", "error": "fatal_error", "count": 2},
    {"match": "chat.postMessage", "delay_s": 2, "count": 3},
    {"match": "chat.update", "status": 500, "count": 3},
    {"match": "conversations.history", "status": 429, "retry_after": 1, "count": 2},
)
CIRCLECI: tuple[dict[str, Any], ...] = (
    {"match": "project", "status": 500, "count": 2},
    {"match": "pipeline", "status": 429, "retry_after": 1, "count": 2},
    {"match": "workflow", "accept_then_drop": True, "count": 2},
)
DISORDER = {"copies": 2, "late_s": 60, "replayed_days": 90}
"""Of webhooks: each twice, up to a minute of CircleCI's clock late, and once more as if from months ago."""


async def test_whatever_slack_and_circleci_answer_everything_is_told_once(tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    async with run_chaos_harness(url, tmp_path) as harness, harness.run_bot_with_webhooks(**DISORDER):
        for target, faults in (("slack", SLACK), ("circleci", CIRCLECI)):
            for fault in faults:
                await harness.control("faults", target=target, **fault)
        await harness.enqueue_outcomes(90, pushes=10)
        await harness.control("faults", target="slack", drop_socket=True)
        said = await harness.wait_until_delivered()
        left, taken = (await harness.fetch_state("faults"))["faults"], await harness.count_accepted_webhooks()
    assert harness.outcomes == 100
    assert not [fault for fault in left if fault["match"] == "chat.postMessage"], "every fault of a post has struck"
    assert sum(came == 2 for came in taken.values()) >= 10, "each pipeline's end came twice, in whatever order"
    assert sum(came == 1 for came in taken.values()) >= 10, "and once more as if from months ago"
    assert count_duplicates(said) == 0, said.most_common(5)
    assert harness.list_refused_steps() == []


async def test_a_database_that_restarts_is_waited_for(postgres_of_its_own: PostgresServer, tmp_path: Path) -> None:
    url = await postgres_of_its_own.create_migrated()
    async with run_chaos_harness(url, tmp_path) as harness, harness.run_bot("worker"):
        for _ in range(2):
            await harness.enqueue_outcomes(45, pushes=5)
            await asyncio.to_thread(postgres_of_its_own.restart)
        said = await harness.wait_until_delivered()
    assert harness.outcomes == 100
    assert count_duplicates(said) == 0, said.most_common(5)
    assert harness.list_refused_steps() == []
