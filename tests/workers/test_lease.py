from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import chain, repeat

import pytest

from bot.workers.lease import LEASE_S, SHOWN_WITHIN_S, Lease, keepalive
from tests.plugins.factories import NOW


async def test_what_takes_long_is_renewed_until_it_is_over() -> None:
    renewals = asyncio.Semaphore(0)

    async def renew() -> None:
        renewals.release()

    async with asyncio.timeout(10), keepalive(renew, every_s=0.001):
        await renewals.acquire()
        await renewals.acquire()


async def test_what_is_quick_is_never_renewed() -> None:
    async def renew() -> None:
        pytest.fail("nothing took long")

    async with keepalive(renew):
        pass


async def test_a_renewal_that_fails_is_tried_again_and_harms_nothing() -> None:
    tries = asyncio.Semaphore(0)

    async def renew() -> None:
        tries.release()
        raise OSError

    async with asyncio.timeout(10), keepalive(renew, every_s=0.001):
        await tries.acquire()
        await tries.acquire()


async def test_work_that_fails_ends_its_renewal_and_says_so() -> None:
    async def renew() -> None:
        return

    with pytest.raises(ValueError, match="broken"):
        async with keepalive(renew, every_s=0.001):
            raise ValueError("broken")
    assert len(asyncio.all_tasks()) == 1


def test_the_work_of_the_dead_is_taken_over_within_15_seconds() -> None:
    assert LEASE_S + 1.0 < 15


class Frozen:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def _claim(rest_s: float, *, extends: bool = True) -> tuple[Lease, list[datetime]]:
    """A lease with so much left, and until when it was asked to last."""
    asked: list[datetime] = []

    async def extend(until: datetime) -> bool:
        asked.append(until)
        return extends

    return Lease(extend, clock=Frozen(NOW), claimed_at=NOW + timedelta(seconds=rest_s - LEASE_S)), asked


@pytest.mark.parametrize(("rest_s", "asks"), [(LEASE_S, 0), (9.9, 1), (-1.0, 1)])
async def test_at_least_ten_seconds_are_left_when_something_begins(rest_s: float, asks: int) -> None:
    lease, asked = _claim(rest_s)
    async with lease.hold() as ours:
        assert ours
    assert len(asked) == asks


async def test_nothing_begins_before_the_claim_is_on_the_disk_and_then_there_is_enough_left() -> None:
    """A power cut forgets what is not there: nobody would look whether it was posted."""
    clock, begun, written = Frozen(NOW), asyncio.Event(), asyncio.get_running_loop().create_future()

    async def extend(_until: datetime) -> bool:
        return False

    async def begin() -> None:
        async with Lease(extend, clock=clock, claimed_at=NOW, written=written).hold() as ours:
            begun.set()
            assert not ours

    beginning = asyncio.create_task(begin())
    await asyncio.sleep(0)
    assert not begun.is_set()
    clock.at += timedelta(seconds=LEASE_S)
    written.set_result(None)
    await beginning
    assert begun.is_set()


async def test_a_claim_that_does_not_get_to_the_disk_is_no_claim() -> None:
    written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    written.set_exception(OSError("no disk"))
    lease = Lease(_never_asked, clock=Frozen(NOW), claimed_at=NOW, written=written)
    with pytest.raises(OSError, match="no disk"):
        async with lease.hold():
            pytest.fail("it began")


async def _never_asked(_until: datetime) -> bool:
    pytest.fail("there was enough left")


async def test_nothing_begins_under_a_lease_that_is_lost() -> None:
    lease, _asked = _claim(1.0, extends=False)
    async with lease.hold() as ours:
        assert not ours


async def test_nothing_begins_under_a_lease_that_was_over_before_its_renewal_was_written() -> None:
    """Seed 5107: who was frozen over the renewal asked for a time that is long over, and another may have the row."""
    clock = Frozen(NOW)

    async def extend(_until: datetime) -> bool:
        clock.at += timedelta(seconds=LEASE_S)
        return True

    async with Lease(extend, clock=clock, claimed_at=NOW - timedelta(seconds=LEASE_S)).hold() as ours:
        assert not ours


async def test_an_older_renewal_that_is_answered_last_takes_nothing_back() -> None:
    clock, answered = Frozen(NOW), asyncio.Event()

    async def extend(until: datetime) -> bool:
        if until == NOW + timedelta(seconds=LEASE_S):
            await answered.wait()
        return True

    lease = Lease(extend, clock=clock, claimed_at=NOW)
    older = asyncio.create_task(lease.renew())
    await asyncio.sleep(0)
    clock.at += timedelta(seconds=LEASE_S)
    await lease.renew()
    answered.set()
    await older
    assert lease._get_rest_s() == LEASE_S


async def test_what_takes_longer_than_its_lease_is_cut_off_before_it_ends() -> None:
    """The clock jumps on after the check, as where a machine slept: by then the lease is as good as over."""
    moments = chain([NOW], repeat(NOW + timedelta(seconds=LEASE_S)))
    clock = Frozen(NOW)
    clock.now = lambda: next(moments)  # type: ignore[method-assign]  # a machine that sleeps between two looks

    async def extend(_until: datetime) -> bool:
        pytest.fail("there was enough left")

    lease = Lease(extend, clock=clock, claimed_at=NOW)

    async def wait_for_ever() -> None:
        async with lease.hold() as ours:
            assert ours
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await wait_for_ever()


async def test_a_renewal_moves_the_moment_of_the_cut() -> None:
    lease, asked = _claim(LEASE_S * 0.8)
    async with lease.hold():
        assert lease._limit
        before = lease._limit.when() or 0.0
        await lease.renew()
        assert (lease._limit.when() or 0.0) > before + LEASE_S * 0.15
    await lease.renew()
    assert len(asked) == 2


async def test_what_was_sent_last_stands_in_slack_before_another_one_looks() -> None:
    """Two clocks that are a second off each, in opposite directions, are allowed for."""
    lease, _asked = _claim(LEASE_S)
    async with lease.hold():
        assert lease._limit
        last_s = (lease._limit.when() or 0.0) - asyncio.get_running_loop().time()
    assert last_s + 2.0 + SHOWN_WITHIN_S <= LEASE_S


async def test_who_finds_that_its_lease_is_lost_is_cut_off() -> None:
    """As a machine that slept, whose counter of seconds stood still meanwhile."""
    lease, _asked = _claim(LEASE_S, extends=False)

    async def work() -> None:
        async with lease.hold():
            await lease.renew()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()
