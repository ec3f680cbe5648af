"""Channels and direct messages: which exist at the start, who is in them, how Slack describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.slack.ids import AGENCY, BOT_USER, LAB, SANDBOX, TEAM_ID, Team
from sandbox.slack.workspace_users import FakeSlackUser

ChannelKind = Literal["public_channel", "private_channel", "im", "mpim"]

_CREATED_AT = 1700000000


@dataclass
class FakeChannel:
    """A channel or direct message: `user` is the person at the other end of a direct message with the app.

    A direct message without the app is between two people, a group's (`is_mpim`) is private.
    """

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    user: str | None = None
    topic: str = ""
    team: str = TEAM_ID

    @property
    def kind(self) -> ChannelKind:
        if self.is_im or self.is_mpim:
            return "im" if self.is_im else "mpim"
        return "private_channel" if self.is_private else "public_channel"

    @property
    def has_bot(self) -> bool:
        return BOT_USER in self.members

    @property
    def is_hidden(self) -> bool:
        """Whether the channel does not exist for the app."""
        return self.kind != "public_channel" and not self.has_bot

    @property
    def name_in_payload(self) -> str:
        """The channel_name of a slash command: real names are given for public channels and groups of people only."""
        return {"im": "directmessage", "private_channel": "privategroup"}.get(self.kind, self.name)

    @property
    def type_in_event(self) -> str:
        """The channel_type of a message event."""
        return {"private_channel": "group", "public_channel": "channel"}.get(self.kind, self.kind)

    def as_page(self) -> dict[str, Any]:
        """A Channel of the Page API."""
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "is_private": self.is_private,
            "is_im": self.is_im,
            "is_archived": self.is_archived,
            "members": list(self.members),
            "bot_is_member": self.has_bot,
            "topic": self.topic,
        }
        return shown | ({"user": self.user} if self.user else {})

    def as_conversation(self) -> dict[str, Any]:
        """A conversation object of the Web API (slack docs: conversation object)."""
        shared = {
            "id": self.id,
            "created": _CREATED_AT,
            "is_archived": self.is_archived,
            "is_im": self.is_im,
            "is_org_shared": False,
            "context_team_id": self.team,
            "updated": _CREATED_AT * 1000,
        }
        return shared | (self._as_im() if self.is_im else self._as_channel())

    def _as_im(self) -> dict[str, Any]:
        return {"user": self.user, "is_user_deleted": False, "is_open": True, "priority": 0}

    def _as_channel(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_mpim": self.is_mpim,
            "is_private": self.is_private,
            "is_general": self.name == "general",
            "is_member": self.has_bot,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "creator": "U0ADA",
            "topic": {"value": self.topic, "creator": "U0ADA", "last_set": _CREATED_AT},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }


class FakeChannels(Mapping[str, FakeChannel]):
    """All channels by id, with what one person may see of them."""

    def __init__(self, people: Iterable[FakeSlackUser], team: Team = SANDBOX) -> None:
        rooms = {AGENCY: _agency_rooms, LAB: _lab_rooms}.get(team, _rooms)()
        self._by_id = {channel.id: channel for channel in (*rooms, *_direct_messages(people))}
        for channel in self._by_id.values():
            channel.team = team.id

    def __getitem__(self, channel_id: str) -> FakeChannel:
        return self._by_id[channel_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, channel: FakeChannel) -> None:
        self._by_id[channel.id] = channel

    def find_by_name(self, name: str) -> FakeChannel | None:
        """The channel of this name, with or without its "#"."""
        wanted = name.removeprefix("#")
        return next((each for each in self.values() if each.name == wanted and not each.is_im), None)

    def list_visible_to(self, person: FakeSlackUser) -> list[FakeChannel]:
        """Their own channels and direct messages, and for those who are no guests every public channel."""
        return [each for each in self.values() if self.can_see(person, each)]

    def can_see(self, person: FakeSlackUser, channel: FakeChannel) -> bool:
        return person.id in channel.members or (channel.kind == "public_channel" and not person.is_guest)


def _rooms() -> list[FakeChannel]:
    team = ["U0ADA", "U0GRACE", "U0EVE"]
    return [
        FakeChannel("C0DEPLOYS", "deploys", [*team, BOT_USER], topic="What goes to production, and when"),
        FakeChannel("C0WEB", "web", [*team, "U0GUS", BOT_USER], topic="The web project"),
        FakeChannel("C0GENERAL", "general", [*team], topic="Everybody"),
        FakeChannel("C0PRIVATE", "private-ops", ["U0ADA", "U0GRACE"], is_private=True, topic="On call"),
        FakeChannel("C0ARCHIVED", "old-news", [*team, BOT_USER], is_archived=True),
        FakeChannel("D0PAIR", "", ["U0ADA", "U0GRACE"], is_im=True),
        FakeChannel("C0TRIO", "mpdm-ada--grace--eve-1", [*team], is_private=True, is_mpim=True),
    ]


def build_shared_room() -> FakeChannel:
    """That the agency reads, too (Slack Connect)."""
    people = ["U0ADA", "U0GRACE", BOT_USER]
    return FakeChannel(
        "C0PARTNERS", "with-agency", people, is_ext_shared=True, topic="With the agency: they read along"
    )


def _agency_rooms() -> list[FakeChannel]:
    team = ["U0LIN", "U0OMAR"]
    return [
        FakeChannel("C0ACME", "acme", [*team, BOT_USER], topic="What we build for Acme"),
        FakeChannel("C0STUDIO", "studio", [*team], topic="Everybody"),
    ]


def _lab_rooms() -> list[FakeChannel]:
    return [FakeChannel("C0TRIALS", "trials", ["U0ADA", "U0GRACE", BOT_USER], topic="What we try out")]


def _direct_messages(people: Iterable[FakeSlackUser]) -> list[FakeChannel]:
    return [
        FakeChannel(person.dm, person.name, [person.id, BOT_USER], is_im=True, user=person.id)
        for person in people
        if person.dm
    ]
