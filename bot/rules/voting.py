"""What several people have to approve before CircleCI is asked (a hold, a start that waits), and who did. Pure.

Each person has one vote for it, which counts until it is lost. Whoever's vote makes it enough tells CircleCI, with
their own token; nobody acts with another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

CALL_FOR = timedelta(seconds=30)
"""How long whoever tells CircleCI keeps everybody else from doing it too: a process that died says nothing more."""


class Loss(StrEnum):
    """Why a vote no longer counts. As stored."""

    WITHDRAWN = "withdrawn"
    """Its person took it back."""
    EXPIRED = "expired"
    """It was given too long ago."""
    NOT_ALLOWED = "not-allowed"
    """Policy or groups changed, and its person may not approve this any more."""
    DISCONNECTED = "disconnected"
    """Its person has no working CircleCI token with us any more, or another identity there."""
    REFUSED = "refused"
    """CircleCI refused its person's token."""
    SUPERSEDED = "superseded"
    """What it was for is not there any more: declined, run again, canceled."""


class ApprovalState(StrEnum):
    """How far it is. As stored."""

    OPEN = "open"
    CALLING = "calling"
    """`caller` tells CircleCI. A process that dies now leaves it so: after CALL_FOR somebody else may."""
    APPROVED = "approved"
    CLOSED = "closed"
    """It was decided elsewhere, or is not there any more."""


@dataclass(frozen=True, slots=True)
class Vote:
    """`team` is the workspace that the person is of, `circleci_id` who they were at CircleCI when they voted."""

    user: str
    team: str
    circleci_id: str
    voted_at: datetime
    reason: str = ""
    loss: Loss | None = None
    lost_at: datetime | None = None

    def is_expired(self, expires_s: int | None, now: datetime) -> bool:
        return expires_s is not None and now - self.voted_at >= timedelta(seconds=expires_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What is to be approved, by its `subject` (a hold by the key of its outcome), as one workspace sees it.

    `needed` votes are, each for `expires_s` at most, and a reason if it `asks_reason`. `name`, `project` and `revision`
    are what the next one of this name is compared with. `approvers` are people and groups whom the policy names for it,
    as far as that is known where it waits; from `escalates_at` on those in `escalate_to` as well. `caller` told
    CircleCI, or is about to, or declined it, which `declined_why` says more of.
    At `asked_at` somebody asked for it.
    """

    workspace: str
    subject: str
    pipeline_id: str
    project: str
    name: str
    revision: str = ""
    needed: int = 1
    expires_s: int | None = None
    asks_reason: bool = False
    approvers: tuple[str, ...] = ()
    escalates_at: datetime | None = None
    escalate_to: tuple[str, ...] = ()
    state: ApprovalState = ApprovalState.OPEN
    caller: str | None = None
    called_at: datetime | None = None
    asked_at: datetime | None = None
    declined_why: str = ""
    votes: tuple[Vote, ...] = ()

    def list_counting(self, now: datetime) -> list[Vote]:
        """The votes that count, oldest first: who is the same at CircleCI is one person, whatever Slack calls them."""
        valid = [one for one in self.votes if one.loss is None and not one.is_expired(self.expires_s, now)]
        return list({one.circleci_id: one for one in reversed(valid)}.values())[::-1]

    @property
    def missing(self) -> int:
        """How many approvals it takes beside those that were not lost."""
        return self.needed - sum(one.loss is None for one in self.votes)

    def list_expired(self, now: datetime) -> list[Vote]:
        """Those that still count on paper."""
        return [one for one in self.votes if one.loss is None and one.is_expired(self.expires_s, now)]

    def find_next_at(self, now: datetime) -> datetime | None:
        """When something about it changes by itself."""
        ends = [] if self.expires_s is None else [timedelta(seconds=self.expires_s)]
        expiring = [one.voted_at + span for one in self.list_counting(now) for span in ends]
        return min([*expiring, *filter(None, [self.escalates_at])], default=None)

    def is_enough(self, now: datetime) -> bool:
        return len(self.list_counting(now)) >= self.needed

    def is_taken(self, now: datetime) -> bool:
        """Whether somebody tells CircleCI just now, or has: it takes a moment until that shows it."""
        told = self.state in {ApprovalState.CALLING, ApprovalState.APPROVED}
        return told and self.called_at is not None and now - self.called_at < CALL_FOR

    def may_call(self, now: datetime) -> bool:
        """Whether a press tells CircleCI now."""
        return self.is_enough(now) and not self.is_taken(now)

    def drop_votes(self, losses: Mapping[str, Loss], now: datetime) -> Approval:
        """Without the votes of these people."""
        return replace(self, votes=tuple(_drop(one, losses, now) for one in self.votes))


def _drop(vote: Vote, losses: Mapping[str, Loss], now: datetime) -> Vote:
    lost = losses.get(vote.user)
    return replace(vote, loss=lost, lost_at=now) if lost and vote.loss is None else vote


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an approval stands; `last` is the one of its name that was approved before."""

    approval: Approval
    last: Approval | None = None
