"""A policy as it was written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.rules.policy_line import PolicyLine


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """`number` counts from 1 in each workspace. `changed_by` is a person, or None for a file; `summary` is a text."""

    workspace: str
    number: int
    lines: tuple[PolicyLine, ...]
    changed_by: str | None
    changed_at: datetime
    summary: str = ""
