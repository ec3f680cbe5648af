"""A channel's board: one message, pinned, that says what runs where in its projects, and is kept true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import Place
from bot.domain import ProjectSlug

PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class DeployBoard:
    """Of one `project`, or (None) of all that the channel's rules cover and of its default project.

    `pin` is None while it is still to be pinned, then PINNED, or Slack's word for why it cannot be.
    """

    workspace: str
    channel: str
    project: ProjectSlug | None
    made_by: str
    made_at: datetime
    pin: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)
