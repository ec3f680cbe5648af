"""Slack waits a moment for what becomes of a form: one that is done by then closes, any other shows that it is at work.

Nothing closes a modal later than the answer to its submission, for which Slack waits 3 seconds ("Modals").
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

_WITHIN_S = 2.0


class WaitingForm:
    """One whose submission is not answered yet."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._closes: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._acknowledged = asyncio.Event()

    async def wait(self) -> bool:
        """Whether it is done, and closes; False where that is not known in time."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._closes), self._within_s)
        except TimeoutError:
            self._closes.cancel()
            return False

    async def settle(self, *, closes: bool) -> bool:
        """Whether it does close. What is shown in it may be shown once Slack has its answer: after this."""
        in_time = self.decide(closes=closes)
        await self._acknowledged.wait()
        return in_time and closes

    def decide(self, *, closes: bool) -> bool:
        """Whether that comes in time, and first."""
        if self._closes.done():
            return False
        self._closes.set_result(closes)
        return True

    def mark_acknowledged(self) -> None:
        self._acknowledged.set()


class FormAcks:
    """The forms whose submissions wait, by view_id."""

    def __init__(self, within_s: float = _WITHIN_S) -> None:
        self._within_s = within_s
        self._waiting: dict[str, WaitingForm] = {}

    @contextmanager
    def hold_open(self, view_id: str) -> Iterator[WaitingForm]:
        """Until Slack has its answer."""
        form = self._waiting[view_id] = WaitingForm(self._within_s)
        try:
            yield form
        finally:
            form.mark_acknowledged()
            self._waiting.pop(view_id, None)

    def is_waiting(self, view_id: str | None) -> bool:
        return view_id in self._waiting

    async def settle(self, view_id: str | None, *, closes: bool) -> bool:
        """Whether the form closes; False for a modal of which Slack waits for nothing."""
        form = self._waiting.get(view_id or "")
        return await form.settle(closes=closes) if form else False
