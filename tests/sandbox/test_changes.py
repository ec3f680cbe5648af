from __future__ import annotations

import asyncio

from sandbox.changes import Changes


async def test_a_change_wakes_whoever_waits_for_it() -> None:
    changes = Changes()
    waiting = asyncio.ensure_future(changes.wait_after(0, timeout_s=60))
    await asyncio.sleep(0)
    assert not waiting.done()
    changes.bump()
    assert await waiting == 1


async def test_a_change_that_has_been_is_told_at_once() -> None:
    changes = Changes()
    changes.bump()
    changes.bump()
    assert await changes.wait_after(1, timeout_s=60) == 2


async def test_whoever_waits_for_a_part_hears_of_that_part_alone_and_its_numbers_are_those_of_all() -> None:
    whole = Changes()
    part = Changes(part_of=whole)
    waiting = asyncio.ensure_future(part.wait_after(0, timeout_s=60))
    whole.bump()
    await asyncio.sleep(0)
    assert not waiting.done()
    part.bump()
    assert (await waiting, whole.seq) == (2, 2)


async def test_waiting_ends_by_itself_when_nothing_changes() -> None:
    assert await Changes().wait_after(0, timeout_s=0.001) == 0
