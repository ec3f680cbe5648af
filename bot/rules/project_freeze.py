"""A freeze: until some moment nothing of these projects starts and nothing is approved, but by whom it names. Pure.

It stands before the policy: no line of that lets anybody around it. To stop, decline and look is always possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_decision import Asker
from bot.rules.policy_line import ACT_FAMILIES, is_group
from bot.rules.policy_rank import Act

ALL = "*"

STOPPED = frozenset({*ACT_FAMILIES["start"], "approve"}) - {"rollback"}
"""What was broken when the freeze began, or in spite of it, may be put back."""


def is_stopped(act: Act) -> bool:
    """A rollback to something newer starts what is new there, whatever it is called."""
    return act.changes and (act.name in STOPPED or act.forward)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Of the projects of `scope`, or of all (None). `exempt` are people (U…) and user groups (S…)."""

    id: int
    workspace: str
    scope: ProjectScope | None
    name: str
    since: datetime
    until: datetime
    exempt: tuple[str, ...]
    made_by: str
    made_at: datetime
    ended_by: str | None = None

    @property
    def about(self) -> str:
        """As it is stored and typed."""
        return str(self.scope) if self.scope else ALL

    def covers(self, project: ProjectSlug) -> bool:
        return self.scope is None or ProjectScope.parse(str(self.scope).casefold()).covers(
            ProjectSlug.parse(str(project).casefold())
        )

    def is_current(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def can_cover(self, scope: ProjectScope) -> bool:
        """Whether a project of this rule could be frozen."""
        if self.scope is None:
            return True
        if scope.exact:
            return self.covers(scope.exact)
        if self.scope.exact:
            return scope.covers(self.scope.exact)
        return self.scope.org_slug.casefold() == scope.org_slug.casefold()

    def is_in_the_way(self, act: Act, asker: Asker, *, final: bool) -> bool:
        """Whether it stops this act of this person; of a project that is not known (yet), only in the end."""
        if not is_stopped(act) or not self.is_current(act.at):
            return False
        if asker.user in self.exempt or not asker.groups.isdisjoint(self.exempt):
            return False
        if self.scope is None or act.projects is None:
            return self.scope is None or final
        return any(map(self.covers, act.projects))

    def end(self, at: datetime, by: str) -> Freeze:
        """Thawed before its time."""
        return replace(self, until=at, ended_by=by)


def choose_longest(freezes: Iterable[Freeze]) -> Freeze | None:
    """Of those that hold at the same time, the one that ends last: until then all stays frozen.

    Its `exempt` are those whom every one of them lets through: others would be asked in vain.
    """
    standing = list(freezes)
    last = max(standing, key=lambda one: (one.until, one.id), default=None)
    return last and replace(
        last, exempt=tuple(who for who in last.exempt if all(who in one.exempt for one in standing))
    )


def list_exempt_groups(freezes: Iterable[Freeze]) -> set[str]:
    """The user groups that they let through."""
    return {who for one in freezes for who in one.exempt if is_group(who)}
