"""Commands that need nothing but the store: their answer is Slack's acknowledgement (Slack: "Slash commands").

That spares the request to the response_url, and the person sees the answer sooner. What takes longer than a moment is
acknowledged without it, and answered there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.slack.form_acks import FormAcks

_WITHIN_S = 0.5
"""Slack waits 3 seconds."""

Answer = dict[str, Any]


class CommandAcks:
    """Commands whose acknowledgement waits for their answer, by response_url; `is_at_once` tells them by their line."""

    def __init__(self, is_at_once: Callable[[str], bool] = lambda _line: False, within_s: float = _WITHIN_S) -> None:
        self.is_at_once = is_at_once
        self._within_s = within_s
        self._waiting: dict[str, asyncio.Future[Answer | None]] = {}

    async def wait_for_answer(self, url: str, begin: Callable[[], None]) -> Answer | None:
        """What the work that `begin` begins answers; None where that takes too long, or comes otherwise."""
        answer = self._waiting[url] = asyncio.get_running_loop().create_future()
        try:
            begin()
            await asyncio.wait({answer}, timeout=self._within_s)
        finally:
            self._waiting.pop(url, None)
        return answer.result() if answer.done() else None

    def send(self, url: str | None, answer: Answer | None) -> bool:
        """Whether the acknowledgement takes the answer with it: it waits for it, and has none yet.

        None is an answer that comes otherwise, so that nothing is waited for.
        """
        waiting = self._waiting.pop(url or "", None)
        if waiting is None:
            return False
        waiting.set_result(answer)
        return answer is not None


@dataclass(frozen=True, slots=True)
class Acks:
    """What Slack waits for."""

    forms: FormAcks = field(default_factory=FormAcks)
    commands: CommandAcks = field(default_factory=CommandAcks)
