"""A rule of a channel: who wants to hear what, of which projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import ProjectScope
from bot.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Subscription:
    """A rule of a channel: it wants to hear this of these projects.

    `made_by` answers for it: a rule for several projects covers those that they can see. `login` is theirs at CircleCI,
    None while they are not connected, and `also` are their other logins, where the rule asks for what is theirs.
    """

    id: int
    workspace: str
    channel: str
    scope: ProjectScope
    rule: Rule
    made_by: str
    made_at: datetime
    login: str | None = None
    other_logins: frozenset[str] = frozenset()
