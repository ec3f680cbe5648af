from __future__ import annotations

from bot.circleci.models.model import Model, When, Word, get_seconds_between
from bot.domain import ENDED

ACTIVE = frozenset({"running", "failing", "on_hold", "queued"})
"""Workflow statuses that are sure to change."""


class Workflow(Model):
    id: str
    name: Word = ""
    status: Word = ""
    tag: str | None = None
    created_at: When = None
    stopped_at: When = None
    pipeline_id: Word = ""
    pipeline_number: int = 0
    project_slug: Word = ""
    started_by: str | None = None
    canceled_by: str | None = None
    auto_rerun_number: int | None = None
    max_auto_reruns: int | None = None

    @property
    def is_setup(self) -> bool:
        return self.tag == "setup"

    @property
    def has_ended(self) -> bool:
        """True for terminal statuses, and for words we do not know once CircleCI says when it stopped."""
        return self.status in ENDED or (self.status not in ACTIVE and self.stopped_at is not None)

    @property
    def is_well(self) -> bool:
        """It ended, and nothing was wrong with it."""
        return self.has_ended and self.status in {"success", "not_run"}

    @property
    def can_rerun_itself(self) -> bool:
        """It failed, and its config still allows an automatic rerun."""
        return self.status == "failed" and (self.auto_rerun_number or 0) < (self.max_auto_reruns or 0)

    @property
    def duration_s(self) -> float | None:
        return get_seconds_between(self.created_at, self.stopped_at)
