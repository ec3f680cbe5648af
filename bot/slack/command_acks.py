"""Commands that need nothing but the store: their answer is Slack's acknowledgement (Slack: "Slash commands").

That spares the request to the response_url, and the person sees the answer sooner. What takes longer than a moment is
acknowledged without it, and answered there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from bot.slack.form_acks import FormAcks

_WITHIN_S = 0.5
"""Slack waits 3 seconds."""

Answer = dict[str, Any]

_waiting: ContextVar[asyncio.Future[Answer | None] | None] = ContextVar("waiting", default=None)
"""The acknowledgement that waits for what runs: its own, whatever two commands have in common, be it their URL."""


async def _know_nobody(_workspace: str) -> None:
    return None


class CommandAcks:
    """Commands whose acknowledgement waits for their answer: `is_at_once` tells them by their line.

    Not where `is_installed` knows no client for the workspace.
    """

    def __init__(
        self,
        is_at_once: Callable[[str], bool] = lambda _line: False,
        is_installed: Callable[[str], Awaitable[object]] = _know_nobody,
        within_s: float = _WITHIN_S,
    ) -> None:
        self.is_at_once = is_at_once
        self.is_installed = is_installed
        self._within_s = within_s

    async def wait_for_answer(self, begin: Callable[[], object]) -> Answer | None:
        """What the task that `begin` starts answers; None where that takes too long, or comes otherwise."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer | None] = loop.create_future()
        before = _waiting.set(answer)
        patience = loop.call_later(self._within_s, _give_up, answer)
        try:
            begin()
            return await answer
        finally:
            patience.cancel()
            answer.cancel()
            _waiting.reset(before)

    def send(self, answer: Answer | None) -> bool:
        """Whether the acknowledgement takes the answer with it: it waits for it, and has none yet.

        None is an answer that comes otherwise, so that nothing is waited for.
        """
        waiting = _waiting.get()
        if waiting is None or waiting.done():
            return False
        waiting.set_result(answer)
        return answer is not None


def _give_up(answer: asyncio.Future[Answer | None]) -> None:
    if not answer.done():
        answer.set_result(None)


@dataclass(frozen=True, slots=True)
class Acks:
    """What Slack waits for."""

    forms: FormAcks = field(default_factory=FormAcks)
    commands: CommandAcks = field(default_factory=CommandAcks)
