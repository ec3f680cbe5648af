from __future__ import annotations

import asyncio

import pytest

from bot.workers.lease import LEASE_S, keepalive


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
