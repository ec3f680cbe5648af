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
class PolledProject:
    """`cursor` is the number of the newest pipeline seen, None before the first look; `error` why it cannot be read.

    `newest_at` is when that pipeline was made, by CircleCI's clock. `listed_at` is when the organisation's listing was
    last known to show this project too, None while it has to be listed by itself; `doubted` when that is to be checked.
    `default_branch` and `project_id` are the project's, `called` its slug, as CircleCI said at `learned_at`; `read_by`
    is who read it the last time.
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
    newest_at: datetime | None = None
    listed_at: datetime | None = None
    doubted: bool = False
    read_by: TokenOwner | None = None

    @property
    def needs_own_listing(self) -> bool:
        return self.cursor is None or self.listed_at is None or self.doubted

    @property
    def has_never_built(self) -> bool:
        """Nothing was there at any look: no listing has ever shown it."""
        return self.cursor == 0 and self.listed_at is None and not self.doubted

    @property
    def is_listing_check(self) -> bool:
        """Whether a look at it also tells what the organisation's listing is worth."""
        return self.listed_at is not None or self.doubted


@dataclass(frozen=True, slots=True)
class Hook:
    """The webhook that we installed for a project, by which CircleCI tells us what has ended there.

    `key` ends its address, `secret` signs what comes; `project_id` and `hook_id` are CircleCI's (None until it is sure
    to stand there). It belongs to whoever installed it. `heard_at` is when it last told us something, `proven_at` since
    when it has told us everything, `quiet_at` when polling found what it had not told; `refused_at` when something came
    with a wrong signature, `error` why it could not be seen to.
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
        """It tells us what ends, so that polling need only be a safety net."""
        return self.proven_at is not None and self.hook_id is not None
