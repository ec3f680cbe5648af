"""What may not be shown in a channel is withheld until it may be, for seven days at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, RateLimited
from bot.notify.send_results import Undeliverable

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(days=7)
"""A token may be renewed, and a right given back, before that."""
HIDDEN = "hidden"
_DOUBTED_S = 15.0
_HIDDEN_AT_LEAST, _HIDDEN_AT_MOST = timedelta(seconds=15), timedelta(minutes=10)


class ProjectVisibility(Protocol):
    async def is_shown(self, workspace: str, channel: str, project: ProjectSlug, *, anew: bool) -> bool:
        """Whether what this project tells may be shown there now. Raises CircleCIError where nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class WithheldUntil:
    """It may not be shown, or nobody knows whether it may: `until` then."""

    until: datetime


class WithholdingPolicy:
    def __init__(self, visibility: ProjectVisibility, *, clock: Clock) -> None:
        self._visibility = visibility
        self._clock = clock

    async def select_shown(self, place: Place, projects: Iterable[ProjectSlug]) -> list[ProjectSlug] | WithheldUntil:
        """Those of which something may be shown there now; WithheldUntil where nobody knows it of one."""
        shown = []
        for project in projects:
            try:
                if await self._visibility.is_shown(*place, project, anew=False):
                    shown.append(project)
            except CircleCIError as error:
                return self._build_doubted(project, error)
        return shown

    async def decide(
        self, place: Place, project: ProjectSlug | None, since: datetime, *, anew: bool
    ) -> WithheldUntil | Undeliverable | None:
        """None if a message about the project may be shown there; else until when it waits, or that it never will be.

        It has waited `since` then. Somebody may renew a token or get a right back, so it waits as long as polling does.
        """
        now = self._clock.now()
        try:
            if project is None or await self._visibility.is_shown(*place, project, anew=anew):
                return None
        except CircleCIError as error:
            return self._build_doubted(project, error)
        if now - since > LOST_AFTER:
            return Undeliverable(HIDDEN)
        return WithheldUntil(now + min(max((now - since) / 4, _HIDDEN_AT_LEAST), _HIDDEN_AT_MOST))

    def _build_doubted(self, project: ProjectSlug | None, error: CircleCIError) -> WithheldUntil:
        log.info("visibility.unknown", project=str(project), **error.list_log_fields())
        wait_s = error.retry_after_s if isinstance(error, RateLimited) else 0.0
        return WithheldUntil(self._clock.now() + timedelta(seconds=max(wait_s, _DOUBTED_S)))
