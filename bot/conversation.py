"""Where people ask, and what is told there: Slack lets us be asked in places where nothing of ours arrives."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from bot.language import _

PERSON = r"[UW][A-Z0-9]+"
"""A person's id; `W` is of an organisation of workspaces (Slack: Enterprise Grid)."""


class Place(NamedTuple):
    """A channel of a workspace; a person's id as `channel` means our direct messages with them."""

    workspace: str
    channel: str


def is_person(channel: str) -> bool:
    """Whether this is a person's id, which stands for our direct messages with them."""
    return channel.startswith(("U", "W"))


def is_dm(channel: str) -> bool:
    """Whether this is the id of a direct message, with us in it or not."""
    return channel.startswith("D")


def is_direct(channel: str) -> bool:
    """Whether this is a direct message, by its own id or by a person's."""
    return is_dm(channel) or is_person(channel)


def is_channel(place: str | None) -> bool:
    """Whether this is a channel; else it is a direct message, or nowhere in particular."""
    return place is not None and not is_direct(place)


async def find_no_readers(_channel: str) -> bool | None:
    """Nobody knows who reads there: for contexts without a Slack."""
    return None


def format_place(channel: str | None) -> str:
    """What people call the place in which they ask."""
    return _("this channel") if is_channel(channel) else _("this conversation")


class PlaceKind(Enum):
    """Every place is one of these."""

    OWN_DM = "our own direct messages"
    MEMBER = "a channel that we are in"
    OPEN = "a channel in which we may post"
    OTHERS_DM = "a direct message of people, without us"
    CLOSED = "a channel in which we may not post"


class NotificationKind(Enum):
    """What comes later than an answer, and has to arrive somewhere."""

    CARD = "the card of a pipeline, and how it ends"
    RULES = "what a rule wants to hear"
    ANNOUNCEMENT = "what somebody changed"


class Destination(Enum):
    """Where it arrives."""

    HERE = "here"
    OWN_DM = "in our own direct messages"
    NOWHERE = "nowhere"


_EVERYTHING = dict.fromkeys(NotificationKind, Destination.HERE)
_NOTHING = {
    NotificationKind.CARD: Destination.OWN_DM,
    NotificationKind.RULES: Destination.NOWHERE,
    NotificationKind.ANNOUNCEMENT: Destination.NOWHERE,
}

DESTINATIONS: Mapping[PlaceKind, Mapping[NotificationKind, Destination]] = {
    PlaceKind.OWN_DM: {**_EVERYTHING, NotificationKind.ANNOUNCEMENT: Destination.NOWHERE},
    PlaceKind.MEMBER: _EVERYTHING,
    PlaceKind.OPEN: _EVERYTHING,
    PlaceKind.OTHERS_DM: _NOTHING,
    PlaceKind.CLOSED: _NOTHING,
}
"""In our own direct messages the one who reads it has just changed it."""
