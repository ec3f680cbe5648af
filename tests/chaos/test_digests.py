"""A worker dies while it makes a digest, and two others make them all: each thing that was kept is told once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from bot.domain import Outcome
from bot.rules.muting import QueuedOutcome
from tests.plugins.chaos_harness import TEAM, ChaosHarness, run_chaos_harness
from tests.plugins.factories import WEB

KEPT = 80


async def test_two_workers_tell_every_digest_once_after_one_died_over_the_first(
    postgres_url: str, tmp_path: Path
) -> None:
    async with run_chaos_harness(postgres_url, tmp_path) as harness, AsyncExitStack() as workers:
        await _keeps(harness)
        await harness.crash_at("digest.before_commit")
        await asyncio.gather(*(workers.enter_async_context(harness.run_bot("worker")) for _ in range(2)))
        said = await harness.wait_until(lambda: _all_told(harness), "every digest to be told")
    assert set(said) == await _digests(harness), "what was taken for a digest stands in one that was posted"
    assert len(said) == len(harness.channels), "one for each channel"
    assert set(said.values()) == {1}, "and no digest stands there twice"
    assert harness.list_refused_steps() == []


async def _keeps(harness: ChaosHarness) -> None:
    """As a publication writes it: for every channel the same number of failures, due now."""
    now = datetime.now(UTC)
    async with harness.store.begin() as tx:
        for number in range(KEPT):
            outcome = Outcome(
                key=f"kept:{number}", kind="failed", status="failed", project=WEB, pipeline_id=f"p{number}",
                pipeline_number=number, workflow="build", workflow_id=f"w{number}", branch="main", tag=None,
                happened_at=now,
            )  # fmt: skip
            channel = harness.channels[number % len(harness.channels)]
            await tx.outcomes.insert(outcome, now)
            await tx.digest_queue.insert(QueuedOutcome(outcome, TEAM, channel, "gh/acme/web", 1, "digest", now), now)


async def _all_told(harness: ChaosHarness) -> Counter[str] | None:
    """How often each digest stands in Slack, once nothing waits any more."""
    async with harness.store.begin_read() as tx:
        waiting = (await tx.backlog.load(datetime.now(UTC))).notices + sum(
            [await tx.digest_queue.count_waiting(TEAM, one) for one in harness.channels]
        )
    if waiting:
        return None
    shown = [one for channel in harness.channels for one in await harness.list_messages(channel)]
    keys = [one["metadata"]["event_payload"]["key"] for one in shown if one.get("metadata")]
    return Counter(key for key in keys if not key.startswith("welcome:"))


async def _digests(harness: ChaosHarness) -> set[str]:
    """The digests that tell what was kept, each thing in one."""
    async with harness.store.begin_read() as tx:
        found = [
            await tx.digest_queue.list_for_pipeline(
                TEAM, harness.channels[number % len(harness.channels)], f"p{number}"
            )
            for number in range(KEPT)
        ]
    return {str(one.digest) for kept in found for one in kept.values()}
