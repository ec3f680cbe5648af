"""What whoever owns an installation looks after, as it is now. Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit_records import AuditRecord
from bot.domain.project_feeds import Hook, TokenOwner

SOON = timedelta(days=7)
"""A connection that ends so soon is worth a word."""


@dataclass(frozen=True, slots=True)
class ConnectedPerson:
    """Somebody whose CircleCI token we have. One that is not active has to connect again."""

    user: str
    is_active: bool
    connected_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    def is_expiring(self, now: datetime) -> bool:
        return self.is_active and self.expires_at is not None and self.expires_at <= now + SOON

    def has_to_reconnect(self, now: datetime) -> bool:
        return not self.is_active or self.is_expiring(now)


@dataclass(frozen=True, slots=True)
class RuledProject:
    """The rules of a project (or a pattern of projects): how many each owner answers for, and how many do not work.

    `orphan` is the number of one whose owner left, or cannot answer for it any more.
    """

    name: str
    owners: Sequence[tuple[str, int]]
    channels: Sequence[str]
    troubled: int
    orphan: int | None = None

    @property
    def rules(self) -> int:
        return sum(count for _user, count in self.owners)


@dataclass(frozen=True, slots=True)
class SpentBudget:
    """How many `requests` polling made with a token in the last hour; `an_hour` is CircleCI's limit, where known."""

    owner: TokenOwner
    requests: int
    an_hour: int | None


@dataclass(frozen=True, slots=True)
class ReplayProgress:
    """A replay that is under way: pipelines read, and still to be read."""

    project: str
    read: int
    left: int


@dataclass(frozen=True, slots=True)
class AdministeredWorkspace:
    """One of an organisation's that the admin looks after; how many people are connected, rules, messages stuck."""

    id: str
    name: str
    people: int
    rules: int
    stuck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminOverview:
    """`stuck` could not be said and nobody but a person mends it; `waiting` comes by itself.

    `release` and `revision` are this process's and the database's, `seen_at` is when each process was seen that
    listens to Slack. `wrong` is how many things the doctor finds, None where it takes long.
    """

    now: datetime
    people: Sequence[ConnectedPerson]
    projects: Sequence[RuledProject]
    hooks: Sequence[Hook]
    budgets: Sequence[SpentBudget]
    stuck: int
    waiting: int
    replays: Sequence[ReplayProgress]
    refusals: Sequence[AuditRecord]
    release: str
    revision: str
    seen_at: Sequence[datetime]
    installed_as: str | None
    installed_at: datetime | None
    wrong: int | None = 0
    workspaces: Sequence[AdministeredWorkspace] = ()


def is_broken(hook: Hook) -> bool:
    """Whether CircleCI's events do not arrive as they should."""
    return bool(hook.error or hook.refused_at or hook.quiet_at)
