"""Pipelines as they were read, one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.circleci.explanation import Explanation
from bot.circleci.snapshot import Snapshot
from bot.domain import Account, Outcome, ProjectSlug
from bot.errors import BotError, TargetError
from bot.rules.hold_resolution import HoldResolution
from bot.store.dm_preferences import Person
from bot.store.pipelines import FollowedPipeline

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
    abandoned_as: HoldResolution | None = None


@dataclass(frozen=True, slots=True)
class UnpublishedOutcomes:
    """What is worth asking why, and who would be written to about it if their token sees the project."""

    outcomes: list[Outcome]
    readers: list[Account]


async def read_each(
    pipelines: Sequence[FollowedPipeline], read: Callable[[FollowedPipeline], Awaitable[Reading]]
) -> tuple[list[Reading], BotError | None]:
    """What could be read, and what went wrong.

    A pipeline that is missing keeps no other from being read; where the first few are, the project is hidden. What
    is missing has been due for long, so whatever has become due last tells whether it is.
    """
    readings: list[Reading] = []
    missing: list[TargetError] = []
    for followed in [*pipelines[-1:], *pipelines[:-1]]:
        try:
            readings.append(await read(followed))
        except TargetError as error:
            missing.append(error)
            if not readings and len(missing) == _HIDDEN:
                break
        except BotError as error:
            return readings, error
    return readings, missing[0] if missing else None


class ReadingPublisher(Protocol):
    """What the poller asks of publishing."""

    async def list_unpublished(self, reading: Reading) -> UnpublishedOutcomes:
        """What this reading shows that is not published yet and that somebody wants to hear."""
        ...

    async def publish(self, reading: Reading, why: Mapping[str, Explanation], seeing: Collection[Person] = ()) -> None:
        """Write it all down, once. `seeing` are those of the news' readers whose own token sees the project."""
        ...
