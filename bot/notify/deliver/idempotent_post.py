"""Against posting twice: what an earlier attempt may have left in Slack is looked up before the next one posts.

Every message carries its key and attempt in its metadata (Slack: "Message metadata"). Where we may read, an earlier
attempt is found by the key; where we may not (the history scopes are optional), it is repeated after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clock import Clock
from bot.notify.send_results import (
    Absent,
    AnswerLost,
    NoReadAccess,
    Poster,
    PostRequest,
    RetryAfter,
    SendResult,
    Sent,
)

_REPEATED_AFTER = timedelta(seconds=10)
"""Time for Slack to show what it took, where we cannot look: then it is sent again."""

HELD_UP_S = 3.0
"""How long a channel whose answers take long holds the others up, where we may not look back."""

_LOOKED_FOR = timedelta(minutes=10)
"""Slack may keep us from looking (it slows readers down more than writers); late is better than never."""

_SKEW = timedelta(seconds=60)
"""How far Slack's clock, which makes every `ts`, may be behind ours."""


class DuplicateGuard:
    """`is_catching_up`: whether the database was put back lately; then Slack is asked until it answers."""

    def __init__(
        self,
        *,
        poster: Poster,
        clock: Clock,
        is_catching_up: Callable[[], Awaitable[bool]],
        held_up_s: float = HELD_UP_S,
    ) -> None:
        self._poster = poster
        self._clock = clock
        self._is_catching_up = is_catching_up
        self._held_up_s = held_up_s
        self._slot = asyncio.Lock()
        self._in_doubt: object = None

    @asynccontextmanager
    async def serialize_posts(self, workspace: str) -> AsyncIterator[None]:
        """Where we may not look back, one post at a time: a process that dies leaves one in doubt, not many.

        One that takes longer than `held_up_s` lets the next begin, and only that.
        """
        if await self._can_post_now(workspace):
            yield
            return
        self._in_doubt = post = object()
        late = asyncio.get_running_loop().call_later(self._held_up_s, self._release_slot, post)
        try:
            yield
        finally:
            late.cancel()
            self._release_slot(post)

    async def _can_post_now(self, workspace: str) -> bool:
        """False once it is this post's turn; True where Slack has meanwhile answered that we may read."""
        if self._poster.may_read(workspace):
            return True
        await self._slot.acquire()
        if self._poster.may_read(workspace):
            self._slot.release()
            return True
        return False

    def _release_slot(self, post: object) -> None:
        if self._in_doubt is post:
            self._in_doubt = None
            self._slot.release()

    async def find_earlier_result(self, post: PostRequest) -> SendResult | None:
        """What became of an earlier attempt; None when it is time to post."""
        since = post.unfinished_since
        if since is None:
            return None
        found = await self._poster.find(post, since - _SKEW)
        elapsed = self._clock.now() - since
        match found:
            case Sent():
                return found
            case Absent():
                return None
            case NoReadAccess():
                rest_s = (_REPEATED_AFTER - elapsed).total_seconds()
                return AnswerLost(rest_s) if rest_s > 0 else None
            case RetryAfter(seconds):
                asks_again = elapsed < _LOOKED_FOR or await self._is_catching_up()
                return AnswerLost(seconds) if asks_again else None
