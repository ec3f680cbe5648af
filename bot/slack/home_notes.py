"""What came of a press in the App Home: it stands on top of the Home for a moment, where the person looks."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.command import Request
from bot.expiring_cache import ExpiringCache
from bot.messages import Message

_SHOWN_FOR = timedelta(seconds=60)
_STANDS_FOR = timedelta(minutes=15)
_MOST = 2_000


class HomeNotes:
    """Only of this process: the press is answered by the one that draws the Home again."""

    def __init__(self, clock: Clock) -> None:
        self._notes: ExpiringCache[tuple[str, str], Message] = ExpiringCache(_MOST, clock.now)
        self._pages: ExpiringCache[tuple[str, str], Message] = ExpiringCache(_MOST, clock.now)

    def set(self, request: Request, message: Message, *, whole: bool = False) -> None:
        """What is `whole` takes the place of the Home; an empty one gives it back."""
        person = (request.workspace, request.user)
        if not whole:
            self._notes.set(person, message, _SHOWN_FOR)
            return
        self.drop(*person)
        if message.blocks:
            self._pages.set(person, message, _STANDS_FOR)

    def find(self, workspace: str, user: str) -> Message | None:
        return self._notes.get((workspace, user))

    def find_page(self, workspace: str, user: str) -> Message | None:
        """What stands in the place of their Home."""
        return self._pages.get((workspace, user))

    def drop(self, workspace: str, user: str) -> None:
        self._notes.drop((workspace, user))
        self._pages.drop((workspace, user))
