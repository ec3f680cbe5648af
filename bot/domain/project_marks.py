"""What admins say of a project once and for all: where nothing of it may be told, and where none of its output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversation import is_direct
from bot.domain import ProjectScope, ProjectSlug


class Mark(StrEnum):
    """As stored, and as people type it."""

    NEVER_EXTERNAL = "never-external"
    """Nothing of it goes to a channel that people of other companies read."""
    NO_LOGS = "no-logs"
    """Nothing that its builds print or store goes to a channel: only to whoever asks."""
    NO_LOG_TAILS = "no-log-tails"
    """Nothing that its builds print or store is shown anywhere in Slack."""


@dataclass(frozen=True, slots=True)
class ProjectMark:
    """`scope` is a project or several, as a rule's is."""

    workspace: str
    scope: ProjectScope
    mark: Mark
    made_by: str
    made_at: datetime


class ProjectMarks:
    """Those of one workspace."""

    def __init__(self, marks: Iterable[ProjectMark] = ()) -> None:
        self._marks = tuple(marks)

    def list_for_project(self, project: ProjectSlug) -> list[ProjectMark]:
        return [one for one in self._marks if one.scope.covers(project)]

    def has(self, project: ProjectSlug, mark: Mark) -> bool:
        return any(one.mark is mark for one in self.list_for_project(project))

    def is_output_hidden(self, project: ProjectSlug, channel: str | None) -> bool:
        """Whether logs, test results and artifacts may not be shown there; None: to whoever asks, alone."""
        in_channel = channel is not None and not is_direct(channel)
        return self.has(project, Mark.NO_LOG_TAILS) or (in_channel and self.has(project, Mark.NO_LOGS))
