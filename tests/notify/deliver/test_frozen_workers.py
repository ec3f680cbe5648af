"""A worker that is frozen, or asleep with its machine, says nothing that another one has said meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, repeat

import pytest

from bot.notify.deliver.send_card import CardSender
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

    harness.clock.advance(13)
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


class SleepingClock:
    """Of a machine that sleeps for a whole lease after it was asked once."""

    def __init__(self, moment: datetime) -> None:
        self._moments = chain([moment], repeat(moment + timedelta(seconds=LEASE_S)))

    def now(self) -> datetime:
        return next(self._moments)
