"""Slack's channels, and each process's way to them: requests that travel, are refused, lost, or answered to nobody."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

from bot.messages import Message
from bot.notify.send_results import (
    Absent,
    AnswerLost,
    FindResult,
    NoReadAccess,
    PostRequest,
    RetryAfter,
    SendResult,
    Sent,
    Undeliverable,
)
from bot.workers.lease import LEASE_S, SHOWN_WITHIN_S
from tests.simulation.virtual_loop import STARTED_AT, WORLD, Process, VirtualLoop, find_process

T = TypeVar("T")

_TIMEOUT_S = 30.0
_TRY_AGAIN_S = 5.0
_HEARD_WITHIN_S = LEASE_S - SHOWN_WITHIN_S - 2.0
"""Later the sender has given up: it was cut off, or frozen."""

_LATE_S = SHOWN_WITHIN_S
"""How long after its sender gave up Slack may still take a request (docs/delivery.md, "What it rests on")."""


@dataclass
class Shown:
    """A message as it stands in a channel."""

    ts: str
    key: str
    message: Message
    thread_ts: str | None
    posted_s: float


@dataclass(frozen=True, eq=False)
class _Request:
    sender: Process | None
    arrive: Callable[[], None]
    timer: asyncio.TimerHandle


@dataclass
class Weather:
    """How likely each of these is, of a request."""

    refused: float = 0.0
    lost: float = 0.0
    answer_lost: float = 0.0
    slow: float = 0.0


@dataclass
class SimulatedSlack:
    loop: VirtualLoop
    chance: Random
    tell: Callable[[str], None]
    reach: Callable[[str], Awaitable[None]]
    is_readable: bool = True
    weather: Weather = field(default_factory=Weather)
    channels: dict[str, list[Shown]] = field(default_factory=dict)
    posts: int = 0
    unheard: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many posts Slack took under each key whose sender did not hear of it in time."""
    on_their_way: list[_Request] = field(default_factory=list)

    def take_post(self, post: PostRequest) -> SendResult:
        self.posts += 1
        self.unheard[post.channel, post.key] += 1
        shown = Shown(
            f"{self.loop.now().timestamp():.3f}{self.posts:03d}",
            post.key,
            post.message,
            post.thread_ts,
            self.loop.time(),
        )
        self.channels.setdefault(post.channel, []).append(shown)
        self.tell(f"Slack shows {post.key} in {post.channel}")
        return Sent(shown.ts)

    def take_update(self, channel: str, ts: str, message: Message) -> SendResult:
        shown = next((one for one in self.channels.get(channel, ()) if one.ts == ts), None)
        if shown is None:
            return Undeliverable("message_not_found")
        shown.message = message
        self.tell(f"Slack changes {shown.key} in {channel}")
        return Sent(ts)

    def find(self, post: PostRequest, since: datetime) -> FindResult:
        if not self.is_readable:
            return NoReadAccess()
        since_s = (since - STARTED_AT).total_seconds()
        found = [one for one in self.channels.get(post.channel, ()) if one.key == post.key and one.posted_s >= since_s]
        found = [one for one in found if one.thread_ts == post.thread_ts]
        return Sent(found[0].ts) if found else Absent()

    async def carry(self, take: Callable[[], T]) -> T | RetryAfter | AnswerLost:
        """Bring a request to Slack, and its answer back, as the weather is."""
        drawn = self.chance.random()
        weather = self.weather
        await self.reach("before request")
        if (drawn := drawn - weather.refused) < 0:
            await asyncio.sleep(self._draw_way_s())
            return RetryAfter(self.chance.choice((1.0, 3.0, 10.0)))
        if (drawn := drawn - weather.lost) < 0:
            await asyncio.sleep(self._draw_way_s())
            return AnswerLost(_TRY_AGAIN_S)
        is_slow = (drawn := drawn - weather.slow) < 0
        is_answered = drawn - weather.answer_lost >= 0
        there_s, back_s = self._draw_way_s(), self._draw_way_s()
        if is_slow:
            there_s, back_s = self.chance.choice(((self._draw_long_s(), back_s), (there_s, self._draw_long_s())))
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await self._arrive(there_s, take)
                await self.reach("after answer")
                await asyncio.sleep(back_s)
        except TimeoutError:
            return AnswerLost(_TRY_AGAIN_S)
        return answer if is_answered else AnswerLost(_TRY_AGAIN_S)

    async def _arrive(self, there_s: float, take: Callable[[], T]) -> T:
        """The request goes its own way: its sender may die, or give up."""
        answer: asyncio.Future[T] = self.loop.create_future()

        def arrive() -> None:
            taken = take()
            if not answer.done():
                answer.set_result(taken)

        request = _Request(find_process(), arrive, self.loop.call_later(there_s, arrive, context=WORLD))
        self.on_their_way.append(request)
        try:
            await self.reach("while it travels")
            return await answer
        except asyncio.CancelledError:
            self._cut(request)
            raise
        finally:
            self.on_their_way.remove(request)

    def drop(self, process: Process) -> None:
        """It died, or is frozen: what it has sent arrives soon, or never."""
        for request in self.on_their_way:
            if request.sender is process:
                self._cut(request)

    def _cut(self, request: _Request) -> None:
        left_s = request.timer.when() - self.loop.time()
        if left_s > 0 and not request.timer.cancelled():
            request.timer.cancel()
            if self.chance.random() < 0.5:
                self.loop.call_later(min(left_s, self.chance.uniform(0, _LATE_S)), request.arrive, context=WORLD)

    def _draw_long_s(self) -> float:
        return self.chance.uniform(5, 40)

    def _draw_way_s(self) -> float:
        return self.chance.choice((0.01, 0.05, 0.2, 1.0)) * self.chance.random()


class SlackConnection:
    """One process's poster."""

    def __init__(self, slack: SimulatedSlack) -> None:
        self._slack = slack
        self._has_heard = False

    def may_read(self, workspace: str) -> bool:
        del workspace
        return self._has_heard and self._slack.is_readable

    async def post(self, post: PostRequest) -> SendResult:
        began_s = self._slack.loop.time()
        result = self._hear(await self._slack.carry(lambda: self._slack.take_post(post)))
        if isinstance(result, Sent) and self._slack.loop.time() - began_s < _HEARD_WITHIN_S:
            self._slack.unheard[post.channel, post.key] -= 1
        return result

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> SendResult:
        del workspace
        return self._hear(await self._slack.carry(lambda: self._slack.take_update(channel, ts, message)))

    async def find(self, post: PostRequest, since: datetime) -> FindResult:
        found = await self._slack.carry(lambda: self._slack.find(post, since))
        return RetryAfter(found.seconds) if isinstance(found, AnswerLost) else found

    def _hear(self, result: SendResult) -> SendResult:
        self._has_heard = self._has_heard or isinstance(result, Sent)
        return result
