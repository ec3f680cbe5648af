"""Who: a Slack workspace that we live in, the people of it, and who they are at CircleCI."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Person(NamedTuple):
    """A Slack user: ids are unique only within a workspace."""

    workspace: str
    user: str


def is_organisation(installed: str) -> bool:
    """Whether this is the id of an organisation (Enterprise Grid), which may stand in the place of a workspace's."""
    return installed.startswith("E")


class SlackProfile(NamedTuple):
    """What Slack tells of somebody: their own time zone, and whether they were deactivated. Empty where it does not."""

    zone: str | None = None
    has_left: bool = False


async def find_no_profile() -> SlackProfile:
    """For contexts without a Slack user."""
    return SlackProfile()


class AddedAdmin(NamedTuple):
    """Somebody made `who` (a person or a user group) an admin, in Slack."""

    workspace: str
    who: str
    added_by: str
    added_at: datetime


class AccountState(StrEnum):
    """As stored. Connecting again makes an expired account active."""

    ACTIVE = "active"
    """CircleCI accepts the token, as far as we know."""
    EXPIRED = "expired"
    """CircleCI answered 401, or our key no longer opens the token: its owner must connect again."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person's CircleCI token, bound to their Slack workspace and user."""

    workspace: str
    user: str
    circleci_id: str
    login: str
    name: str
    state: AccountState
    connected_at: datetime
    token: str = field(repr=False)
    scope: str | None = None
    """Of a token that CircleCI's own page gave: its word for it, "" where it told none. None: it was pasted."""
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def is_pasted(self) -> bool:
        return self.scope is None

    @property
    def is_active(self) -> bool:
        return self.state == AccountState.ACTIVE

    @property
    def owner(self) -> Person:
        return Person(self.workspace, self.user)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person is on the way to CircleCI's page and back: what belongs to the address at which their browser ends."""

    workspace: str
    user: str
    client_id: str
    began_at: datetime
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """A name at GitHub, Bitbucket or GitLab, spelt as CircleCI or its owner wrote it; upper and lower case are equal.

    It is `verified` when CircleCI named it for the person's own token, else the person claimed it.
    """

    workspace: str
    user: str
    login: str
    verified: bool
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """A Slack workspace that circlebot lives in, with its bot token.

    One that a whole organisation made (Enterprise Grid) has the organisation's id (`E…`) in the place of a workspace's,
    and one token for all workspaces that it lets us into. A token that Slack rotates ends at `expires_at`; before that
    `refresh_token` brings the next one, once. `refused_at` is when Slack did not take it.
    """

    workspace: str
    name: str
    bot_user: str
    bot_id: str
    scopes: tuple[str, ...]
    installed_by: str | None
    installed_at: datetime
    token: str = field(repr=False)
    enterprise: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refused_at: datetime | None = None

    @property
    def is_org_wide(self) -> bool:
        return self.workspace == self.enterprise
