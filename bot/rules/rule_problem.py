"""Why a rule is silent: a value that the store keeps, upkeep finds and `subscriptions` shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProblemKind(StrEnum):
    """What is wrong; a rule has at most one problem of each kind. As stored."""

    OWNER = "owner"
    """The person who made the rule left Slack, is not connected, or cannot see its projects any more."""
    PROJECT = "project"
    """CircleCI shows the project to nobody of the workspace, or calls it by another name."""
    WORKFLOW = "workflow"
    """The rule names workflows, and none of that name has run."""


class ProblemReason(StrEnum):
    """Why, in one word. As stored."""

    LEFT = "left"
    """Owner: their Slack account was closed."""
    DISCONNECTED = "disconnected"
    """Owner: they took their CircleCI token away."""
    EXPIRED = "expired"
    """Owner: CircleCI no longer accepts their token."""
    HIDDEN = "hidden"
    """Owner: CircleCI does not show them the project, or the organisation of a pattern."""
    VANISHED = "vanished"
    """Project: nobody here sees it; it was deleted, renamed or hidden."""
    RENAMED = "renamed"
    """Project: CircleCI calls it by the slug in `detail`."""
    SILENT = "silent"
    """Workflow: none that the rule names has run for 14 days."""


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """Something that is wrong with the rule `rule_id` since `since`; solved at `over_at`, None while it lasts.

    `detail` adds to the reason: the new slug, or whether the rule still notifies. `told_in` is the
    key of the notice that reported it, None while the problem is too young to be reported.
    """

    rule_id: int
    kind: ProblemKind
    reason: ProblemReason
    detail: str
    since: datetime
    told_in: str | None = None
    over_at: datetime | None = None
