"""The result of one delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sandbox.virtual_clock import SandboxClock

PayloadKind = Literal["events_api", "slash_commands", "interactive"]
AckOutcome = Literal["acked", "late", "failed", "unreachable"]

T = TypeVar("T")


@dataclass(frozen=True)
class Ack:
    """`reason` is why Slack redelivers (slack docs: X-Slack-Retry-Reason); `body` is the app's answer."""

    outcome: AckOutcome
    body: Any = None
    reason: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.outcome == "acked"


@dataclass(frozen=True)
class Retry:
    """The number of a redelivery, from 1, and its reason."""

    number: int
    reason: str


async def run_within(clock: SandboxClock, seconds: float, work: Callable[[], Awaitable[T]]) -> T:
    """The result of the work. Raises TimeoutError when the clock reaches the deadline first; the work is cancelled."""
    doing = asyncio.ensure_future(work())
    bell = asyncio.ensure_future(clock.sleep_s(seconds))
    try:
        await asyncio.wait({doing, bell}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise TimeoutError
        return doing.result()
    finally:
        doing.cancel()
        bell.cancel()
