"""Who looked at their App Home lately, and what it showed: only for them it is drawn again when something changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.slack.home_reader import CircleCIReading

_LATELY = timedelta(minutes=15)
_MOST = 500

_AT_ONCE = 15
"""How many are looked after in one go: what it costs does not grow with how many people look."""


@dataclass(eq=False, slots=True)
class HomeViewer:
    """`told` is what CircleCI said last, None while they are not connected; `shown` is what the Home was drawn from.

    `versions` are those of the pipelines that moved then. `is_due` says that they did something since.
    """

    workspace: str
    user: str
    opened_at: datetime
    loaded_at: datetime
    checked_at: datetime
    told: CircleCIReading | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    shown: Any = None
    is_due: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class HomeViewers:
    """Only of this process: Slack tells it who opens a Home, and it is no loss if it forgets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewers: dict[tuple[str, str], HomeViewer] = {}

    def open(self, workspace: str, user: str) -> HomeViewer:
        """They look at it now: remembered for a while from this moment on."""
        now = self._clock.now()
        viewer = self._viewers.pop((workspace, user), None) or HomeViewer(workspace, user, now, now, now)
        viewer.opened_at = now
        self._viewers[workspace, user] = viewer
        if len(self._viewers) > _MOST:
            del self._viewers[next(iter(self._viewers))]
        return viewer

    def find(self, workspace: str, user: str) -> HomeViewer | None:
        return self._viewers.get((workspace, user))

    def list_next(self) -> list[HomeViewer]:
        """Those to be looked after now: who did something first, then who waits longest."""
        since = self._clock.now() - _LATELY
        self._viewers = {key: one for key, one in self._viewers.items() if one.opened_at >= since}
        return sorted(self._viewers.values(), key=lambda one: (not one.is_due, one.checked_at))[:_AT_ONCE]
