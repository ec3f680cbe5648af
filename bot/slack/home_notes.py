"""What came of a press in the App Home: it stands on top of the Home for a moment, where the person looks."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.command import Request
from bot.expiring_cache import ExpiringCache
from bot.messages import Message

_SHOWN_FOR = timedelta(seconds=60)
_MOST = 2_000


class HomeNotes:
    """Only of this process: the press is answered by the one that draws the Home again."""

    def __init__(self, clock: Clock) -> None:
        self._notes: ExpiringCache[tuple[str, str], Message] = ExpiringCache(_MOST, clock.now)

    def set(self, request: Request, message: Message) -> None:
        self._notes.set((request.workspace, request.user), message, _SHOWN_FOR)

    def find(self, workspace: str, user: str) -> Message | None:
        return self._notes.get((workspace, user))

    def drop(self, workspace: str, user: str) -> None:
        self._notes.drop((workspace, user))
