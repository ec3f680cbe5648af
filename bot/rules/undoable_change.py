"""What somebody changed and how it was before: for ten minutes it can be put back as it was. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from bot.conversation import Place

UNDO_FOR = timedelta(minutes=10)

State = Mapping[str, Any] | None
"""A thing as plain values, as JSON keeps them; None where there is none."""

SECONDARY = frozenset({"covered"})
"""What of a state is put back with it but also changes by itself: it does not tell whether somebody changed it."""


class ThingKind(StrEnum):
    """What can be put back. As stored."""

    PROJECT = "project"
    """A channel's default project."""
    HOURS = "hours"
    """A channel's quiet hours."""
    RULE = "rule"
    """The rule of this number."""
    MUTE = "mute"
    """A mute of a rule, of projects, or of the whole channel."""
    REMINDERS = "reminders"
    """The reminders of some holds of a pipeline."""
    LOGIN = "login"
    """A person's login at their code host."""
    BOARD = "board"
    """The channel's board of what runs where."""
    PRESET = "preset"
    """The preset of this name: the channel's own, or with `* ` before it the whole workspace's."""


class Thing(NamedTuple):
    """`about` tells it from others of its kind at the same place."""

    kind: ThingKind
    about: str = ""


@dataclass(frozen=True, slots=True)
class ThingChange:
    thing: Thing
    before: State
    after: State

    def is_still(self, now: State) -> bool:
        """Whether the thing is as this change left it."""
        return get_own(now) == get_own(self.after)


def get_own(state: State) -> State:
    """Without what changes by itself."""
    return state and {name: value for name, value in state.items() if name not in SECONDARY}


@dataclass(frozen=True, slots=True)
class UndoableChange:
    """What one person did by one command (`act`) to things of a channel, or to their own (then it is their id).

    `notices` are the lines that tell of it, by the key of their notice: they lose their button in time.
    """

    id: int
    workspace: str
    channel: str
    user: str
    act: str
    changes: tuple[ThingChange, ...]
    made_at: datetime
    notices: Mapping[str, str]
    undone_by: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)

    @property
    def ends_at(self) -> datetime:
        """From then on it stays as it is."""
        return self.made_at + UNDO_FOR
