"""Pipelines as they were read, one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.circleci.snapshot import Snapshot
from bot.domain import Account, Outcome, ProjectSlug
from bot.errors import BotError, NotThere
from bot.rules.hold_resolution import Fate
from bot.store.pipelines import Followed

_HIDDEN = 3
"""So many pipelines missing, and none there: no more requests are spent on what a token does not show."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pipeline as it was read at `read_at`, because it was due at `was_due_at`.

    `finished_at` is None while it may move. With `left` it is followed no longer, though it may.
    """

    project: ProjectSlug
    snapshot: Snapshot
    finished_at: datetime | None
    next_look_at: datetime | None
    was_due_at: datetime | None
    read_at: datetime
    default_branch: str | None = None
    left: Fate | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is worth asking why, and who would be written to about it if their token sees the project."""

    outcomes: list[Outcome]
    readers: list[Account]


async def read_each(
    pipelines: Sequence[Followed], read: Callable[[Followed], Awaitable[Reading]]
) -> tuple[list[Reading], BotError | None]:
    """What could be read, and what went wrong.

    A pipeline that is missing keeps no other from being read; where the first few are, the project is hidden. What
    is missing has been due for long, so whatever has become due last tells whether it is.
    """
    readings: list[Reading] = []
    missing: list[NotThere] = []
    for followed in [*pipelines[-1:], *pipelines[:-1]]:
        try:
            readings.append(await read(followed))
        except NotThere as error:
            missing.append(error)
            if not readings and len(missing) == _HIDDEN:
                break
        except BotError as error:
            return readings, error
    return readings, missing[0] if missing else None
