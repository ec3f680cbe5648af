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


def here(place: str | None) -> str:
    """What people call the place in which they ask."""
    return "this conversation" if place is None or is_direct(place) else "this channel"


class Where(Enum):
    """Every place is one of these."""

    OURS = "our own direct messages"
    MEMBER = "a channel that we are in"
    OPEN = "a channel in which we may post"
    BETWEEN_OTHERS = "a direct message of people, without us"
    CLOSED = "a channel in which we may not post"


class News(Enum):
    """What comes later than an answer, and has to arrive somewhere."""

    CARD = "the card of a pipeline, and how it ends"
    RULES = "what a rule wants to hear"
    ALOUD = "what somebody changed"


class Told(Enum):
    """Where it arrives."""

    HERE = "here"
    OURS = "in our own direct messages"
    NOWHERE = "nowhere"


_EVERYTHING = dict.fromkeys(News, Told.HERE)
_NOTHING = {News.CARD: Told.OURS, News.RULES: Told.NOWHERE, News.ALOUD: Told.NOWHERE}

TOLD: Mapping[Where, Mapping[News, Told]] = {
    Where.OURS: {**_EVERYTHING, News.ALOUD: Told.NOWHERE},
    Where.MEMBER: _EVERYTHING,
    Where.OPEN: _EVERYTHING,
    Where.BETWEEN_OTHERS: _NOTHING,
    Where.CLOSED: _NOTHING,
}
"""In our own direct messages the one who reads it has just changed it."""
