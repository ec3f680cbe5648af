"""A mute, and an outcome that waits for a digest. Values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain import Outcome, ProjectScope, ProjectSlug


class DeferralReason(StrEnum):
    """Why an outcome waits for a digest. As stored."""

    DIGEST = "digest"
    """Its rule says `--to digest`."""
    QUIET = "quiet"
    """The channel has quiet hours."""
    MUTED = "muted"
    """Somebody muted the channel, the project or the rule."""


@dataclass(frozen=True, slots=True)
class Mute:
    """No notices in a channel until then: of one rule (`rule_id`), of the projects of `scope`, or of any."""

    workspace: str
    channel: str
    until: datetime
    made_by: str
    made_at: datetime
    scope: ProjectScope | None = None
    rule_id: int | None = None

    def covers(self, project: ProjectSlug, rule_id: int) -> bool:
        if self.rule_id is not None:
            return self.rule_id == rule_id
        return self.scope is None or self.scope.covers(project)

    @property
    def about(self) -> str:
        """As typed: `3`, `gh/acme/web`, or nothing for the whole channel."""
        return str(self.scope) if self.scope else str(self.rule_id) if self.rule_id is not None else ""

    @staticmethod
    def parse_about(about: str) -> tuple[ProjectScope | None, int | None]:
        """The scope and the rule that `about` says."""
        return ProjectScope.parse(about) if "/" in about else None, int(about) if about.isdigit() else None


@dataclass(frozen=True, slots=True)
class QueuedOutcome:
    """An outcome that a channel gets later, with others, in one digest.

    `by` muted it; `name` is what people call the project. `digest` is the key of the digest that it was posted in.
    """

    outcome: Outcome
    workspace: str
    channel: str
    name: str
    rule_id: int
    why: DeferralReason
    due_at: datetime
    by: str | None = None
    digest: str | None = None
