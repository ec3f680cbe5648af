"""What changes about approvals while nobody presses: votes end, others are asked, and both are said where it waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.rules.policy_plain import from_plain
from bot.rules.policy_version import PolicyVersion
from bot.rules.voting import Vote
from tests.plugins.factories import WEB
from tests.plugins.fake_delivery import FakeDelivery
from tests.plugins.hold_harness import HoldHarness
from tests.plugins.poller_harness import run_poller_harness

STAGING = "`approve-staging`"


@pytest.fixture
async def hold_harness(tmp_path: Path) -> AsyncIterator[HoldHarness]:
    async with run_poller_harness(tmp_path, interval_s=30) as poller_harness:
        yield HoldHarness(poller_harness, FakeDelivery(poller_harness.store))


async def _require(hold_harness: HoldHarness, version: int = 1, **demands: Any) -> None:
    line = from_plain({"require": "everybody", "do": "approve", "hold": "approve-staging", **demands})
    now = hold_harness.poller_harness.sandbox.now()
    async with hold_harness.poller_harness.store.begin() as tx:
        await tx.policy_versions.insert(PolicyVersion("T", version, (line,), None, now, ""))


async def _vote(hold_harness: HoldHarness, user: str) -> None:
    now = hold_harness.poller_harness.sandbox.now()
    async with hold_harness.poller_harness.store.begin() as tx:
        rows = await tx.approvals.list_for_pipeline((await tx.pipelines.list_unfinished([WEB]))[0].id)
        (staging,) = [one for one in rows if one.name == "approve-staging"]
        await tx.approvals.upsert_vote(staging, Vote(user, "T", f"c-{user}", now, "Looks fine"))
        await tx.pipelines.make_due(staging.pipeline_id, now)


async def test_a_vote_ends_after_its_time_and_the_notice_says_so(hold_harness: HoldHarness) -> None:
    await _require(hold_harness, approvals=2, expires="1h")
    await hold_harness.release()
    await _vote(hold_harness, "UADA")
    await hold_harness.passes(1)
    [told] = hold_harness.slack.list_texts(STAGING)
    assert "1 of 2 approvals" in told
    assert "<@UADA>, <!date^" in told
    assert "— Looks fine" in told
    await hold_harness.sleeps(61)
    [told] = hold_harness.slack.list_texts(STAGING)
    assert "0 of 2 approvals" in told
    assert "The approval of <@UADA> has expired" in told


@pytest.mark.parametrize("down", [False, True])
async def test_others_are_asked_once_when_nobody_approved_in_time(hold_harness: HoldHarness, down: bool) -> None:
    await _require(hold_harness, **{"escalates": "30m", "escalate-to": ["S0ONCALL", "UGRACE"]})
    await hold_harness.release()
    await hold_harness.sleeps(20)
    assert not hold_harness.slack.list_texts("has approved")
    await (hold_harness.sleeps if down else hold_harness.passes)(15)
    [asked] = hold_harness.slack.list_texts("<!subteam^S0ONCALL> and <@UGRACE>: nobody has approved")
    assert "Approve staging" in asked
    await hold_harness.sleeps(60)
    await hold_harness.passes(2)
    assert len(hold_harness.slack.list_texts("nobody has approved")) == 1
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.sleeps(15)
    assert not hold_harness.slack.list_texts("nobody has approved"), "it says now who did"


async def test_nobody_is_asked_for_what_was_approved_in_time(hold_harness: HoldHarness) -> None:
    await _require(hold_harness, **{"escalates": "30m", "escalate-to": ["S0ONCALL"]})
    await hold_harness.release()
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.sleeps(40)
    await hold_harness.passes(2)
    assert not hold_harness.slack.list_texts("S0ONCALL")


async def test_a_policy_that_changes_while_it_waits_says_who_is_asked_later(hold_harness: HoldHarness) -> None:
    await _require(hold_harness, **{"escalates": "30m", "escalate-to": ["S0ONCALL"]})
    await hold_harness.release()
    await _require(hold_harness, version=2, approvals=1)
    await hold_harness.sleeps(35)
    await hold_harness.passes(2)
    assert not hold_harness.slack.list_texts("nobody has approved")
    await _require(hold_harness, version=3, **{"escalates": "40m", "escalate-to": ["S0LEADS"]})
    await hold_harness.sleeps(10)
    await hold_harness.passes(2)
    [asked] = hold_harness.slack.list_texts("nobody has approved")
    assert "<!subteam^S0LEADS>: nobody has approved" in asked


async def test_what_a_policy_demands_by_now_is_said_where_it_waits_and_its_headline_stays(
    hold_harness: HoldHarness,
) -> None:
    await _require(hold_harness, **{"escalates": "30m", "escalate-to": ["S0ONCALL"]})
    await hold_harness.release()
    await hold_harness.sleeps(35)
    await _require(hold_harness, version=2, approvals=2, reason=True)
    await hold_harness.sleeps(10)
    announced, asked = sorted(hold_harness.slack.list_texts(STAGING), key=lambda one: "nobody has approved" in one)
    assert "<!subteam^S0ONCALL>: nobody has approved" in asked
    for told in (announced, asked):
        assert "0 of 2 approvals" in told
        assert "Approve staging…" in told


async def test_votes_end_with_what_they_were_for(hold_harness: HoldHarness) -> None:
    await _require(hold_harness, approvals=2)
    await hold_harness.release()
    await _vote(hold_harness, "UADA")
    await hold_harness.passes(1)
    await hold_harness.on_the_web("cancel")
    await hold_harness.passes(1)
    [told] = hold_harness.slack.list_texts(STAGING)
    assert "The approval of <@UADA> ended with what it was for" in told
    await hold_harness.on_the_web("rerun")
    await hold_harness.passes(1)
    ended, again = hold_harness.slack.list_texts(STAGING)
    assert ended == told
    assert "0 of 2" in again
    assert "ended with" not in again


async def test_what_was_approved_is_compared_with_the_next_of_its_name(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.passes(1)
    await hold_harness.poller_harness.push("gh/acme/web", "release")
    await hold_harness.passes(1)
    waiting = [one for one in hold_harness.slack.list_texts(STAGING) if "Approve staging" in one]
    assert len(waiting) == 1
    assert "Since it was approved last, <!date^" in waiting[0]
    assert "/compare/" in waiting[0]
