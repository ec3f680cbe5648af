"""Who may use circlebot: members of the workspace; guests and other workspaces' people if the operator allows it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.command import Request
from bot.errors import NotAllowed
from bot.language import _
from bot.permissions import format_whom_to_ask

EVERYBODY = "*"


class Membership(Enum):
    """What somebody is in a workspace, as far as Slack tells: a member where it does not."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody, as Slack tells of them; `locale` as in `de-DE`, None where it does not say.

    `is_gone`: it knows nobody of that id, or their account is closed.
    """

    membership: Membership = Membership.MEMBER
    locale: str | None = None
    is_gone: bool = False


class ContactDirectory(Protocol):
    """Those who may do here what somebody else may not."""

    async def list_users(self, request: Request) -> Sequence[str]:
        """The likeliest first."""


class MemberDirectory(Protocol):
    """Slack."""

    async def fetch_member(self, workspace: str, user: str) -> Member:
        """Never raises."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """`external` are workspaces whose people are let in (`*`: all), `guests` says whether guests are.

    Whoever is not let in is told which of the `contacts` to ask.
    """

    people: MemberDirectory
    contacts: ContactDirectory
    external: AbstractSet[str] = frozenset()
    guests: bool = False

    async def admit(self, request: Request) -> None:
        """Pass, or raise NotAllowed with a sentence that says who may."""
        membership = (await self.people.fetch_member(request.workspace, request.user)).membership
        if (request.away or membership is Membership.STRANGER) and not self.external & {EVERYBODY, request.team}:
            raise NotAllowed(
                _("I only act for people of the workspace that I am installed in, and you are of another one."),
                format_whom_to_ask(await self.contacts.list_users(request), _("Ask somebody here to do it for you.")),
                _("The operator of circlebot can allow your workspace."),
            )
        if membership is Membership.GUEST and not self.guests:
            raise NotAllowed(
                _("I only act for full members of this workspace, and you are a guest in it."),
                _("You can read all that I post in your channels: cards, and the threads below them."),
                format_whom_to_ask(await self.contacts.list_users(request), _("Ask a member to do it for you.")),
                _("The operator of circlebot can allow guests."),
            )
