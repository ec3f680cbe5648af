"""How news of a project reach us: we poll it with somebody's token, and a webhook may make that quicker. Values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import ProjectSlug


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose token reads a project: a person's, or the service account's (then both are "")."""

    workspace: str = ""
    user: str = ""

    def __str__(self) -> str:
        return f"{self.workspace}/{self.user}"


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule, and one of its projects that a token of somebody reads."""

    rule_id: int
    channel: str
    project: ProjectSlug


@dataclass(frozen=True, slots=True)
class PolledProject:
    """A project whose pipelines we list every few seconds, and how far we have read.

    `cursor` is the number of the newest pipeline that we have seen, None before the first look; `newest_at` is when
    CircleCI made that pipeline. `error` says why the project cannot be read.

    One listing of an organisation shows the pipelines of all its projects. `listed_at` is when it was last known to
    show this project too, None while the project needs a listing of its own; `doubted` says that this must be checked.
    `default_branch`, `project_id`, `called` (its slug) and `organization_id` are CircleCI's words of `learned_at`.
    `read_by` owns the token that read it last. `deploys_asked_at` is when CircleCI was asked the last time whether it
    deploys anything, and `no_deploys_since` since when the answer is no; None where it does, or nobody can tell.
    Of one that is claimed it is known whether any rule covers it
    (`has_rules`), and whether a webhook that we trust tells what ends in it.
    """

    project: ProjectSlug
    cursor: int | None
    next_look_at: datetime
    idle_rounds: int
    error: str | None
    default_branch: str | None = None
    project_id: str | None = None
    called: str | None = None
    learned_at: datetime | None = None
    organization_id: str | None = None
    newest_at: datetime | None = None
    listed_at: datetime | None = None
    doubted: bool = False
    read_by: TokenOwner | None = None
    deploys_asked_at: datetime | None = None
    no_deploys_since: datetime | None = None
    has_rules: bool = False
    has_webhook: bool = False

    @property
    def needs_own_listing(self) -> bool:
        return self.cursor is None or self.listed_at is None or self.doubted

    @property
    def has_never_built(self) -> bool:
        """Every look found no pipeline, and no listing of the organisation has shown the project."""
        return self.cursor == 0 and self.listed_at is None and not self.doubted

    @property
    def is_listing_check(self) -> bool:
        """Whether a look at it also checks that the organisation's listing shows it."""
        return self.listed_at is not None or self.doubted


@dataclass(frozen=True, slots=True)
class Hook:
    """The webhook that we installed for a project: CircleCI sends it an event when a workflow ends.

    `key` ends its address, `secret` signs its events; `project_id` and `hook_id` are CircleCI's (None until CircleCI is
    known to have it). It belongs to the person who installed it. `heard_at` is when its last event came, `proven_at`
    since when it has missed nothing, `quiet_at` when polling found an end of which no event came. `refused_at` is when
    an event had a wrong signature, `error` why the webhook could not be checked.
    """

    project: ProjectSlug
    key: str
    project_id: str
    hook_id: str | None
    url: str
    workspace: str
    user: str
    checked_at: datetime
    heard_at: datetime | None = None
    proven_at: datetime | None = None
    quiet_at: datetime | None = None
    refused_at: datetime | None = None
    error: str | None = None
    secret: str = field(default="", repr=False)

    @property
    def is_trusted(self) -> bool:
        """Its events are complete, so that polling is only a safety net."""
        return self.proven_at is not None and self.hook_id is not None

    @property
    def is_expected(self) -> bool:
        """Whether an end of which no event comes is news: it is trusted, or nothing has ever come of it."""
        is_new = self.hook_id is not None and self.heard_at is None and self.quiet_at is None
        return self.is_trusted or is_new
