"""A rule of a channel: of which outcomes of which projects it wants to be notified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import Place
from bot.domain import ProjectScope
from bot.domain.people import Person
from bot.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel wants to be notified of what `rule` says, of the projects of `scope`.

    `made_by` answers for it: a rule for several projects covers those that they can see. `login` is theirs at CircleCI,
    None while they are not connected; `other_logins` are their others, loaded where the rule says `--mine`.
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

    @property
    def owner(self) -> Person:
        return Person(self.workspace, self.made_by)

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)
