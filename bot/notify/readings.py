"""Pipelines as they were read, one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.circleci.explanation import Explanation
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome, ProjectSlug
from bot.domain.people import Account, Person
from bot.errors import BotError, TargetError
from bot.rules.hold_resolution import HoldResolution
from bot.store.outcomes import KnownOutcomes
from bot.store.pipelines import FollowedPipeline

Explanations = Mapping[str, Explanation]
"""What was found out about outcomes, by their key."""

READ_APART = ("releases", "ahead")
"""What of a snapshot the deploy reader finds out, and nobody else."""

_HIDDEN = 3
"""When the first three pipelines are missing, the token does not show the project: no further requests are made."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pipeline as it was read at `read_at`, because it was due at `was_due_at`. It was known as `before` until then.

    `finished_at` is None while it may move. With `abandoned_as` it is no longer followed, though it may. `announced`
    are ids of workflows that webhooks say have ended. `changed` says that it was not so before. `of_deploys` says that
    only what stands in `READ_APART` was read: all else is as it is stored.
    """

    project: ProjectSlug
    snapshot: Snapshot
    finished_at: datetime | None
    next_look_at: datetime | None
    was_due_at: datetime | None
    read_at: datetime
    default_branch: str | None = None
    abandoned_as: HoldResolution | None = None
    announced: Collection[str] = ()
    changed: bool = False
    of_deploys: bool = False
    before: FollowedPipeline | None = None

    @property
    def fresh_workflow_ids(self) -> list[str]:
        """The workflows that had not ended when it was read the last time."""
        known = self.before.snapshot.workflows if self.before else ()
        over = {run.workflow.id for run in known if run.workflow.has_ended}
        return [run.workflow.id for run in self.snapshot.workflows if run.workflow.id not in over]

    @property
    def is_as_before(self) -> bool:
        """Nothing of it moved since it was read the last time."""
        known = self.before is not None and self.before.finished_at == self.finished_at
        return known and not (self.changed or self.abandoned_as or self.of_deploys)


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """New outcomes, and who would get a direct message if their token sees the project.

    A failure or a recovery that nobody hears of is not among them: it is not worth explaining.
    `known` is what was published before, and what webhooks have announced. A pipeline that is `still` as it was known
    needs nothing written but when it is read next.
    """

    outcomes: list[Outcome]
    readers: list[Account]
    known: KnownOutcomes
    still: FollowedPipeline | None = None


async def read_each(
    pipelines: Sequence[FollowedPipeline], read: Callable[[FollowedPipeline], Awaitable[Reading]]
) -> tuple[list[Reading], BotError | None]:
    """What could be read, and what went wrong.

    A missing pipeline keeps no other from being read; where the first few are missing, the project is hidden. Missing
    pipelines stay due, so they come first in the list: the last one is tried first, since it says most.
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
    """What the poller asks of publishing (publish/publisher.py)."""

    async def plan(self, reading: Reading) -> PublishPlan:
        """The new outcomes that somebody wants, and who would get a direct message about them. Writes nothing."""
        ...

    async def commit(
        self,
        reading: Reading,
        explanations: Explanations,
        viewers: Collection[Person] = (),
        *,
        known: Mapping[str, str] | None = None,
    ) -> None:
        """Write everything in one transaction.

        `viewers` are the plan's readers whose own token sees the project, `known` the kinds of outcomes that it found.
        """
        ...
