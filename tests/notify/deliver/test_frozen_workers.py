"""A worker that is frozen, or asleep with its machine, says nothing that another one has said meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, repeat

import pytest

from bot.messages import Message
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.send_card import CardSender
from bot.notify.send_results import AnswerLost, SendResult
from bot.workers.lease import LEASE_S, Lease
from tests.plugins.delivery_harness import DeliveryHarness


async def test_who_was_frozen_for_longer_than_its_lease_sends_nothing_when_it_wakes(harness: DeliveryHarness) -> None:
    await harness.enqueue(1)
    claimed_at = harness.clock.now()
    async with harness.store.begin() as tx:
        [card] = await tx.cards.claim(claimed_at, LEASE_S, "frozen", limit=1)

    async def keep(until: datetime) -> bool:
        async with harness.store.begin() as tx:
            return await tx.cards.renew(card, until)

    harness.clock.advance(14)
    await harness.run_delivery()
    await CardSender(harness.build_dependencies()).send(card, Lease(keep, clock=harness.clock, claimed_at=claimed_at))
    assert await harness.list_posted_keys() == ["card:p1"]


async def test_who_sleeps_between_the_check_and_the_request_sends_nothing_when_it_wakes(
    harness: DeliveryHarness,
) -> None:
    await harness.enqueue(1)
    claimed_at = harness.clock.now()
    async with harness.store.begin() as tx:
        [card] = await tx.cards.claim(claimed_at, LEASE_S, "asleep", limit=1)

    async def keep(_until: datetime) -> bool:
        pytest.fail("there was enough left when it looked")

    lease = Lease(keep, clock=SleepingClock(claimed_at), claimed_at=claimed_at)
    await CardSender(harness.build_dependencies()).send(card, lease)
    assert await harness.list_posted_keys() == []
    harness.clock.advance(2 * LEASE_S + 1)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]


@pytest.mark.parametrize("is_answered", [True, False])
async def test_what_slack_takes_from_a_frozen_worker_is_put_right(is_answered: bool, harness: DeliveryHarness) -> None:
    """Its change of a notice and of a card was on its way, and is older than what another one has shown meanwhile."""
    await harness.enqueue(1, "It waits")
    await harness.run_delivery()
    await _say(harness, "One of two approved it")
    await harness.mark_card_dirty(1)
    awake = harness.deliveries[0]
    slow = SlowPoster(harness, awake, is_answered=is_answered)
    frozen = Delivery(replace(harness.build_dependencies(), poster=slow), holder="frozen", wake=lambda: None)
    await harness.run_delivery(frozen, turns=1)
    assert "One of two approved it" in await harness.list_texts()
    changes = len(await harness.list_calls("chat.update"))
    harness.clock.advance(2 * LEASE_S + 1)
    await harness.run_delivery(awake)
    assert "It was approved" in await harness.list_texts()
    assert len(await harness.list_calls("chat.update")) == changes + 2


async def _say(harness: DeliveryHarness, text: str) -> None:
    async with harness.store.begin() as tx:
        await tx.revisions.revise("p1:C0DEPLOYS:0", Message(text))


class SlowPoster:
    """Its requests travel for longer than their leases, and another worker shows what is new by then."""

    def __init__(self, harness: DeliveryHarness, awake: Delivery, *, is_answered: bool) -> None:
        self._harness = harness
        self._awake = awake
        self._is_answered = is_answered
        self._slack = harness.build_dependencies().poster

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> SendResult:
        self._harness.clock.advance(LEASE_S + 1)
        await _say(self._harness, "It was approved")
        await self._harness.mark_card_dirty(1)
        await self._harness.run_delivery(self._awake)
        result = await self._slack.update(workspace, channel, ts, message)
        return result if self._is_answered else AnswerLost(5.0)

    def may_read(self, workspace: str) -> bool:
        return self._slack.may_read(workspace)


class SleepingClock:
    """Of a machine that sleeps for a whole lease after it was asked once."""

    def __init__(self, moment: datetime) -> None:
        self._moments = chain([moment], repeat(moment + timedelta(seconds=LEASE_S)))

    def now(self) -> datetime:
        return next(self._moments)
