"""A start that waits for others to approve it: what was asked, by whom, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_line import Demands
from bot.rules.voting import Approval

WAITS_FOR = timedelta(hours=24)
"""As long as the policy says nothing else: what is older than that was meant for another day."""


class StartState(StrEnum):
    """How far it is. As stored."""

    WAITING = "waiting"
    STARTING = "starting"
    """Enough approved it, and it is on its way to CircleCI: nobody ends it any more but what becomes of that."""
    STARTED = "started"
    REFUSED = "refused"
    """It was approved, and could not be started by then: `why` says it."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Whoever asked took it back."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class StartTarget:
    """What it is to the policy, with the values that were known when it was asked."""

    project: str
    branch: str | None = None
    tag: str | None = None
    workflow: str | None = None
    parameters: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest:
    """`user` of `team` asked for it in this channel, who is `circleci_id` at CircleCI.

    `line` is what runs then, `mark` is of exactly what is approved. `pipeline_id` is the one that is to run again. Else
    `revision` is the newest commit of the branch that CircleCI knew of then, `author` whom it names. `what` is a
    kept sentence that says what more it is, `reason` why they want it; `why` is why it ended.
    """

    id: str
    workspace: str
    user: str
    team: str
    channel: str
    thread_ts: str | None
    act: str
    mark: str
    line: str
    target: StartTarget
    what: str = ""
    reason: str = ""
    pipeline_id: str = ""
    revision: str = ""
    author: str = ""
    circleci_id: str = ""
    asked_at: datetime
    ends_at: datetime
    state: StartState = StartState.WAITING
    ended_by: str | None = None
    why: str = ""

    @property
    def subject(self) -> str:
        """By what its votes are counted, its message is found, and it is started at most once."""
        return f"start:{self.id}"

    @property
    def project(self) -> ProjectSlug | None:
        """Of which is told where it waits."""
        return ProjectScope.parse(self.target.project).exact

    def build_approval(self, demands: Demands) -> Approval:
        """As many others as the policy says by now; one where it says no number."""
        after_s = demands.escalates_s
        return Approval(
            workspace=self.workspace,
            subject=self.subject,
            pipeline_id=self.subject,
            project=self.target.project,
            name=self.subject,
            revision=self.revision,
            needed=max(1, demands.approvals),
            approvers=demands.approvers,
            escalates_at=None if after_s is None else self.asked_at + timedelta(seconds=after_s),
            escalate_to=demands.escalate_to,
        )

    def list_escalated(self, demands: Demands, now: datetime) -> tuple[str, ...]:
        """Who counts as well by now, since nobody approved it in time."""
        after_s = demands.escalates_s
        return () if after_s is None or now - self.asked_at < timedelta(seconds=after_s) else demands.escalate_to
