"""Slack waits a moment for what becomes of a form: it closes, or says what is wrong; else it shows that it is at work.

Nothing closes a modal later than the answer to its submission, for which Slack waits 3 seconds ("Modals").
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_WITHIN_S = 2.0


class WaitingForm:
    """One whose submission is not answered yet. What `clears` closes the forms beneath it, too."""

    def __init__(self, within_s: float) -> None:
        self.clears = False
        self._within_s = within_s
        self._errors: asyncio.Future[Mapping[str, str] | None] = asyncio.get_running_loop().create_future()
        self._acknowledged = asyncio.Event()

    async def wait(self) -> Mapping[str, str] | None:
        """What is wrong at which field; nothing where it closes, None where it stays or that is not known in time."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._errors), self._within_s)
        except TimeoutError:
            self._errors.cancel()
            return None

    async def settle(self, errors: Mapping[str, str] | None) -> bool:
        """Whether that is all there is to show. What is shown in it may be shown once Slack has its answer: after."""
        in_time = self.decide(errors)
        await self._acknowledged.wait()
        return in_time and errors is not None

    def decide(self, errors: Mapping[str, str] | None) -> bool:
        """Whether that comes in time, and first."""
        if self._errors.done():
            return False
        self._errors.set_result(errors)
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

    async def settle(self, view_id: str | None, errors: Mapping[str, str] | None, *, clears: bool = False) -> bool:
        """Whether Slack shows these, or closes the form where there are none; False where it does not wait for it."""
        form = self._waiting.get(view_id or "")
        if form is None:
            return False
        form.clears = clears
        return await form.settle(errors)
