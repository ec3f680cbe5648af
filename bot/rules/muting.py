"""A mute, and an outcome that waits for a digest. Values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import Outcome, ProjectScope, ProjectSlug


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


@dataclass(frozen=True, slots=True)
class QueuedOutcome:
    """An outcome that a channel gets later, with others, in one digest.

    `why` is `digest` (its rule asks for one), `quiet` (the channel's hours) or `muted` (`by` somebody); `name` is what
    people call the project. With a `digest` it was told, in the message of that key.
    """

    outcome: Outcome
    workspace: str
    channel: str
    name: str
    rule_id: int
    why: str
    due_at: datetime
    by: str | None = None
    digest: str | None = None
