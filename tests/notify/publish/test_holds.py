"""Holds: announced once, reminded of while they wait, and told as decided wherever that was done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.rules.muting import Mute
from bot.rules.rule import Rule
from tests.plugins.fake_delivery import FakeDelivery
from tests.plugins.hold_harness import WEB, HoldHarness, build_hold, build_job
from tests.plugins.poller_harness import run_poller_harness

HOUR = 60
STAGING, PRODUCTION = "`approve-staging`", "`approve-production`"


@pytest.fixture
async def hold_harness(tmp_path: Path) -> AsyncIterator[HoldHarness]:
    async with run_poller_harness(tmp_path, interval_s=30) as poller_harness:
        yield HoldHarness(poller_harness, FakeDelivery(poller_harness.store))


async def test_holds_of_a_pipeline_are_announced_in_one_notice_with_what_can_be_done(
    hold_harness: HoldHarness,
) -> None:
    await hold_harness.release()
    await hold_harness.sleeps(1)
    await hold_harness.sleeps(1)
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert all(name in told for name in (STAGING, PRODUCTION, "Approve staging", "Approve production", "Decline"))


async def test_what_begins_to_wait_later_joins_the_notice_that_stands(hold_harness: HoldHarness) -> None:
    await hold_harness.begin(build_hold("first"), build_job(), build_hold("second", "build"))
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert "`second`" not in told
    await hold_harness.sleeps(5)
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert all(name in told for name in ("`first`", "Approve first", "`second`", "Approve second"))
    await hold_harness.on_the_web("decide", hold="first")
    await hold_harness.sleeps(1)
    [told] = hold_harness.slack.list_texts("Grace approved")
    assert "Approve first" not in told
    assert "Approve second" in told


async def test_what_waits_once_the_other_was_approved_is_a_new_notice(hold_harness: HoldHarness) -> None:
    await hold_harness.begin(build_hold("first"), build_hold("second", "first"))
    await hold_harness.on_the_web("decide", hold="first")
    await hold_harness.sleeps(1)
    [approved, waits] = hold_harness.slack.list_texts("on `release`")
    assert "Grace approved" in approved
    assert "`second`" in waits


async def test_who_is_to_be_mentioned_for_a_later_hold_gets_a_new_notice(hold_harness: HoldHarness) -> None:
    eve = Rule.parse({"workflow": ["deploy"], "mention": ["U0EVE"]})
    await hold_harness.poller_harness.subscribe(WEB, rule=eve)
    await hold_harness.begin(build_hold("first"), deploy=[build_job(), build_hold("second", "build")])
    await hold_harness.sleeps(5)
    told = hold_harness.slack.list_texts("waits for approval")
    assert [("`second`" in text, "<@U0EVE>" in text) for text in told] == [(False, False), (True, True)]


async def test_what_was_approved_on_the_web_says_by_whom_and_the_other_still_waits(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.sleeps(1)
    [told] = hold_harness.slack.list_texts(STAGING)
    assert "Grace approved" in told
    assert "Approve staging" not in told
    assert "Approve production" in told


async def test_what_was_declined_says_so(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    await hold_harness.on_the_web("decide", hold="approve-production", decision="cancel")
    await hold_harness.sleeps(1)
    [told] = hold_harness.slack.list_texts(PRODUCTION)
    assert "Grace declined" in told
    assert "Approve production" not in told
    assert "Approve staging" in told


async def test_a_canceled_workflow_waits_for_nobody(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await hold_harness.on_the_web("cancel")
    await hold_harness.sleeps(3 * HOUR)
    [told] = hold_harness.slack.list_texts("no longer waits: Grace canceled its workflow")
    assert all(name in told for name in (STAGING, PRODUCTION))
    assert not hold_harness.slack.list_texts("Decline")
    assert not hold_harness.slack.list_texts("still waits")


async def test_who_is_connected_is_named_as_slack_knows_them(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    async with hold_harness.poller_harness.store.begin() as tx:
        ada = await tx.accounts.find("T", "ada")
        assert ada
        me = await hold_harness.poller_harness.sandbox.ada.fetch_me()
        await tx.accounts.upsert(
            ada.__class__(**{name: getattr(ada, name) for name in ada.__slots__} | {"circleci_id": me.id})
        )
    await hold_harness.on_the_web("decide", by="ada", hold="approve-staging")
    await hold_harness.sleeps(1)
    [staging] = hold_harness.slack.list_texts(STAGING)
    assert "<@ada> approved" in staging


async def test_a_hold_that_still_waits_is_reminded_of_as_often_as_the_rule_says(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h,1d")
    await hold_harness.sleeps(2 * HOUR - 5)
    assert not hold_harness.slack.list_texts("still waits")
    await hold_harness.sleeps(10)
    [reminder] = hold_harness.slack.list_texts("still waits")
    assert "after 2h" in reminder
    assert all(name in reminder for name in (STAGING, PRODUCTION, "Approve staging", "Approve production"))
    await hold_harness.sleeps(23 * HOUR)
    await hold_harness.sleeps(2 * HOUR)
    assert len(hold_harness.slack.list_texts("still waits")) == 2, "and no more"


async def test_after_an_outage_there_is_one_reminder_however_many_were_due(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="1h,2h,3h,4h,1d")
    await hold_harness.sleeps(5 * HOUR)
    await hold_harness.sleeps(1)
    await hold_harness.sleeps(1)
    assert len(hold_harness.slack.list_texts("still waits")) == 1


async def test_what_was_decided_while_we_were_away_reminds_nobody(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await hold_harness.poller_harness.sandbox.advance(HOUR * 60)
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.sleeps(5 * HOUR)
    [reminder] = hold_harness.slack.list_texts("still waits")
    assert PRODUCTION in reminder


async def test_a_reminder_retires_with_itsbuild_hold(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await hold_harness.sleeps(2 * HOUR + 5)
    await hold_harness.on_the_web("decide", hold="approve-staging")
    await hold_harness.sleeps(5)
    assert len(hold_harness.slack.list_texts("`approve-staging` of *")) == 2
    assert len(hold_harness.slack.list_texts("Grace approved")) == 2
    assert not hold_harness.slack.list_texts("Approve staging")
    _, reminder = hold_harness.slack.list_texts(PRODUCTION)
    assert re.search(r"`approve-production` of .* still waits for approval after 2h", reminder), "as it was told"


async def test_the_reminders_of_one_hold_can_be_stopped_and_the_other_is_reminded_of(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h,1d")
    await hold_harness.sleeps(2 * HOUR + 5)
    [first] = hold_harness.slack.list_texts("Stop Reminding")
    assert all(name in first for name in (STAGING, PRODUCTION))
    async with hold_harness.poller_harness.store.begin() as tx:
        [newest] = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
        [staging, _] = await tx.reminders.list_for_pipeline(newest.id)
        await tx.reminders.delete_for_channel([staging.hold], "T", "C")
    await hold_harness.sleeps(23 * HOUR)
    first, second = hold_harness.slack.list_texts("still waits")
    assert all(name in first for name in (STAGING, PRODUCTION))
    assert (STAGING in second) is not (PRODUCTION in second)
    await hold_harness.sleeps(5)
    assert not hold_harness.slack.list_texts("Stop Reminding"), "none is to come"


async def test_a_rule_that_is_gone_reminds_nobody(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    async with hold_harness.poller_harness.store.begin() as tx:
        [rule] = await tx.subscriptions.list_for_channel("T", "C")
        await tx.subscriptions.delete("T", "C", rule.id)
    await hold_harness.sleeps(3 * HOUR)
    assert not hold_harness.slack.list_texts("still waits")


async def test_a_rule_that_says_something_else_by_now_reminds_nobody(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await _now_says(hold_harness, Rule.parse({"branch": ["release-2"], "remind": ["2h"]}))
    await hold_harness.sleeps(3 * HOUR)
    assert not hold_harness.slack.list_texts("still waits")


async def test_a_rule_that_was_changed_and_still_wants_it_reminds(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await _now_says(hold_harness, Rule.parse({"branch": ["release"], "remind": ["1d"]}))
    await hold_harness.sleeps(3 * HOUR)
    assert len(hold_harness.slack.list_texts("still waits")) == 1


async def _now_says(hold_harness: HoldHarness, rule: Rule) -> None:
    now = hold_harness.poller_harness.sandbox.now()
    async with hold_harness.poller_harness.store.begin() as tx:
        [before] = await tx.subscriptions.list_for_channel("T", "C")
        await tx.subscriptions.update(replace(before, rule=rule, made_at=now))


async def test_a_reminder_waits_until_a_mute_is_over(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    now = hold_harness.poller_harness.sandbox.now()
    async with hold_harness.poller_harness.store.begin() as tx:
        await tx.mutes.upsert(Mute("T", "C", now + timedelta(hours=4), "ada", now))
    await hold_harness.sleeps(3 * HOUR)
    assert not hold_harness.slack.list_texts("still waits")
    await hold_harness.sleeps(1 * HOUR)
    assert len(hold_harness.slack.list_texts("still waits")) == 1


async def test_after_ninety_days_it_is_followed_no_longer_and_has_no_button(hold_harness: HoldHarness) -> None:
    await hold_harness.release(remind="2h")
    await hold_harness.sleeps(91 * 24 * HOUR)
    assert len(hold_harness.slack.list_texts("was not approved within 90 days")) == 1
    assert not hold_harness.slack.list_texts("Decline")
    assert not hold_harness.slack.list_texts("ended")
    async with hold_harness.poller_harness.store.begin() as tx:
        [newest] = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
        assert newest.finished_at
        assert newest.next_look_at is None


async def test_what_nobody_lets_us_see_any_more_has_no_button_left(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    for login in ("ada", "grace"):
        await hold_harness.poller_harness.control("see", project=WEB, on=False, **{"as": login})
    await hold_harness.sleeps(6 * 24 * HOUR)
    assert len(hold_harness.slack.list_texts("Decline")) == 1
    await hold_harness.sleeps(2 * 24 * HOUR)
    assert len(hold_harness.slack.list_texts("is no longer followed")) == 1
    assert not hold_harness.slack.list_texts("Decline")


async def test_a_hold_costs_little_over_a_night(hold_harness: HoldHarness) -> None:
    await hold_harness.release()
    await hold_harness.sleeps(6 * HOUR)
    before = await hold_harness.poller_harness.count_calls()
    await hold_harness.passes(10)
    of_what_is_listed = len(await hold_harness.poller_harness.list_listed_slugs(before))
    assert await hold_harness.poller_harness.count_calls() - before - of_what_is_listed < 20
