"""Direct messages that something waits: one for each pipeline, kept true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rules.dm_topics import APPROVALS
from tests.plugins.fake_delivery import FakeDelivery
from tests.plugins.hold_harness import HoldHarness, build_hold, build_job
from tests.plugins.poller_harness import run_poller_harness


@pytest.fixture
async def hold_harness(tmp_path: Path) -> AsyncIterator[HoldHarness]:
    async with run_poller_harness(tmp_path, interval_s=30) as poller_harness:
        yield HoldHarness(poller_harness, FakeDelivery(poller_harness.store))


async def test_a_person_has_one_message_for_all_that_waits_in_a_pipeline(hold_harness: HoldHarness) -> None:
    await _ask_to_be_told(hold_harness)
    await hold_harness.begin(
        build_hold("first"), build_job(), build_hold("second", "build"), deploy=[build_hold("third")]
    )
    [told] = hold_harness.slack.list_texts("Stop These Messages")
    assert [f"Approve {name}" in told for name in ("first", "second", "third")] == [True, False, True]
    await hold_harness.on_the_web("decide", hold="first")
    await hold_harness.sleeps(5)
    [told] = hold_harness.slack.list_texts("Stop These Messages")
    assert "Grace approved" in told
    assert [f"Approve {name}" in told for name in ("first", "second", "third")] == [False, True, True]


async def test_a_person_gets_a_new_message_for_what_waits_once_the_other_was_approved(
    hold_harness: HoldHarness,
) -> None:
    await _ask_to_be_told(hold_harness)
    await hold_harness.begin(build_hold("first"), build_hold("second", "first"))
    await hold_harness.on_the_web("decide", hold="first")
    await hold_harness.sleeps(1)
    [approved, waits] = hold_harness.slack.list_texts("Stop These Messages")
    assert "Grace approved" in approved
    assert "Approve second" in waits


async def _ask_to_be_told(hold_harness: HoldHarness) -> None:
    """Ada wants direct messages of what waits in pipelines that she started."""
    async with hold_harness.poller_harness.store.begin() as tx:
        await tx.logins.upsert_verified("T", "ada", "ada", now=hold_harness.poller_harness.sandbox.now())
        await tx.dm_preferences.upsert("T", "ada", frozenset({APPROVALS}))
