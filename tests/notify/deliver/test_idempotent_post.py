from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bot.clock import SystemClock
from bot.notify.deliver.idempotent_post import DuplicateGuard


@dataclass
class Slack:
    """Whether we may look back; nobody knows before its first answer."""

    readable: bool = False

    def may_read(self, _workspace: str) -> bool:
        return self.readable


def attempts(held_up_s: float, slack: Slack | None = None) -> DuplicateGuard:
    return DuplicateGuard(
        poster=cast("Any", slack or Slack()), clock=SystemClock(), is_catching_up=_is_never, held_up_s=held_up_s
    )


async def _is_never() -> bool:
    return False


async def endless(waiting: DuplicateGuard, began: asyncio.Queue[None]) -> None:
    async with waiting.serialize_posts("T1"):
        began.put_nowait(None)
        await asyncio.Event().wait()


async def test_posts_that_take_long_let_the_others_begin() -> None:
    waiting, began = attempts(held_up_s=0.01), asyncio.Queue[None]()
    posts = [asyncio.create_task(endless(waiting, began)) for _ in range(4)]
    async with asyncio.timeout(30):
        for _ in posts:
            await began.get()
    await given_up(posts)


async def test_nobody_begins_before_the_one_before_took_long() -> None:
    waiting, began = attempts(held_up_s=3600), asyncio.Queue[None]()
    posts = [asyncio.create_task(endless(waiting, began)) for _ in range(4)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert began.qsize() == 1
    await given_up(posts)


async def test_once_an_answer_says_that_we_may_look_back_nobody_waits_any_more() -> None:
    slack = Slack()
    waiting, began = attempts(held_up_s=3600, slack=slack), asyncio.Queue[None]()
    async with asyncio.timeout(30):
        async with waiting.serialize_posts("T1"):
            posts = [asyncio.create_task(endless(waiting, began)) for _ in range(4)]
            await asyncio.sleep(0)
            slack.readable = True
        for _ in posts:
            await began.get()
    await given_up(posts)


async def given_up(posts: list[asyncio.Task[None]]) -> None:
    for post in posts:
        post.cancel()
    await asyncio.gather(*posts, return_exceptions=True)


async def test_a_post_that_fails_lets_the_next_begin_at_once() -> None:
    waiting = attempts(held_up_s=3600)
    async with asyncio.timeout(30):
        with pytest.raises(OSError, match="gone"):
            async with waiting.serialize_posts("T1"):
                raise OSError("gone")
        async with waiting.serialize_posts("T1"):
            pass


async def test_who_took_long_takes_nobody_else_off_its_turn_in_the_end() -> None:
    waiting, inside = attempts(held_up_s=0.01), 0

    async def post() -> None:
        nonlocal inside
        async with waiting.serialize_posts("T1"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.timeout(30):
        async with waiting.serialize_posts("T1"):
            await asyncio.create_task(_next_begins(waiting))
        await asyncio.gather(*(post() for _ in range(5)))


async def _next_begins(waiting: DuplicateGuard) -> None:
    async with waiting.serialize_posts("T1"):
        pass
