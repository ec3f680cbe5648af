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


async def test_waiting_ends_by_itself_when_nothing_changes() -> None:
    assert await Changes().wait_after(0, timeout_s=0.001) == 0
