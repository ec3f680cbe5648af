from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any, cast

import pytest

from bot.clock import SystemClock
from bot.notify.attempt import Attempts


class Blind:
    """Slack, where we may not look back."""

    def may_read(self, _workspace: str) -> bool:
        return False


def attempts(held_up_s: float) -> Attempts:
    return Attempts(poster=cast("Any", Blind()), clock=SystemClock(), held_up_s=held_up_s)


async def test_posts_that_take_long_let_the_others_begin_one_after_another() -> None:
    waiting, began = attempts(held_up_s=0.02), asyncio.Queue[float]()

    async def endless() -> None:
        async with waiting.one_by_one("T1"):
            began.put_nowait(asyncio.get_running_loop().time())
            await asyncio.Event().wait()

    async with asyncio.timeout(30):
        posts = [asyncio.create_task(endless()) for _ in range(4)]
        at = [await began.get() for _ in posts]
    assert all(later - before >= 0.02 for before, later in pairwise(at)), at
    for post in posts:
        post.cancel()
    await asyncio.gather(*posts, return_exceptions=True)


async def test_a_post_that_fails_lets_the_next_begin_at_once() -> None:
    waiting = attempts(held_up_s=3600)
    async with asyncio.timeout(30):
        with pytest.raises(OSError, match="gone"):
            async with waiting.one_by_one("T1"):
                raise OSError("gone")
        async with waiting.one_by_one("T1"):
            pass


async def test_who_took_long_takes_nobody_else_off_its_turn_in_the_end() -> None:
    waiting, inside = attempts(held_up_s=0.01), 0

    async def post() -> None:
        nonlocal inside
        async with waiting.one_by_one("T1"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.timeout(30):
        async with waiting.one_by_one("T1"):
            await asyncio.create_task(_next_begins(waiting))
        await asyncio.gather(*(post() for _ in range(5)))


async def _next_begins(waiting: Attempts) -> None:
    async with waiting.one_by_one("T1"):
        pass
