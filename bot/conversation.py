"""Where people ask, and what is told there: Slack lets us be asked in places where nothing of ours arrives."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

PERSON = r"[UW][A-Z0-9]+"
"""A person's id; `W` is of an organisation of workspaces (Slack: Enterprise Grid)."""


def is_person(place: str) -> bool:
    """A person's id stands for our direct messages with them."""
    return place.startswith(("U", "W"))


def is_dm(place: str) -> bool:
    """A direct message by its own id, whoever is in it."""
    return place.startswith("D")


def is_direct(place: str) -> bool:
    """A direct message, by its own id or by a person's; who reads it is another question."""
    return is_dm(place) or is_person(place)


def format_place(place: str | None) -> str:
    """What people call the place in which they ask."""
    return "this conversation" if place is None or is_direct(place) else "this channel"


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
