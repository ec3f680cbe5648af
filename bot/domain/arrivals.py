"""What of Slack's reached a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Listener:
    """A process that listens to Slack, as it last said at `seen_at`.

    `connections` of Socket Mode are open, None where Slack sends by HTTP. `heard_at` is when the last payload came,
    `refused_at` when the last one whose signature was wrong did.
    """

    holder: str
    seen_at: datetime
    connections: int | None = None
    heard_at: datetime | None = None
    refused_at: datetime | None = None


class Arrivals:
    """Notes when something came from Slack, or from somebody who says so."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.heard_at: datetime | None = None
        self.refused_at: datetime | None = None

    def record_heard(self) -> None:
        self.heard_at = self._now()

    def record_refusal(self) -> None:
        self.refused_at = self._now()
