"""Who may do what, by the lines of a workspace's policy: pure, and their order makes no difference.

A line names a command, a family, a glob or `*`, and a channel or all channels. Of the lines that apply to an action
only the most specific count: its own name, then its family, a glob, another action of the family, `*`; and a line for
the channel before one for all. For example, `rerun` in #deploys: a line for `rerun` there beats one for `start`
everywhere. Where neither of two lines is more specific, a person must be in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

EVERYWHERE: Final = "*"

LISTEN = "listen"
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "start": ("trigger", "rerun", "schedules", "preset"),
    "decide": ("approve", "decline"),
    "stop": ("cancel",),
    "settings": ("env", "keys", "webhooks"),
    LISTEN: ("subscribe", "unsubscribe", "takeover", "mute", "unmute", "quiet", "unremind", "use", "undo"),
}
"""Actions that a line for one of them restricts together, so that nobody gets around `trigger` by `rerun`. `decline` is
`cancel` of a hold."""

_SIBLING = (1, 0)
"""The rank of a line for another action of the family: it does not count where the action has a line of its own."""

_FAMILY_OF = {action: family for family, actions in FAMILIES.items() for action in actions}


@dataclass(frozen=True, slots=True)
class Policy:
    """In this channel (`*`: in all) only these users may do what `command` names."""

    workspace: str
    command: str
    channel: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyAction:
    """What a person is about to do. One that `changes` nothing (`schedules list`) is in no family."""

    name: str
    changes: bool = True

    @property
    def family(self) -> str | None:
        return _FAMILY_OF.get(self.name) if self.changes else None


def is_known_command(word: str, commands: Iterable[str]) -> bool:
    """Whether a line with this word can apply to anything."""
    return word in FAMILIES or any(fnmatchcase(name, word) for name in (*commands, *_FAMILY_OF))


def select_policies(policies: Iterable[Policy], action: PolicyAction, channel: str | None) -> list[Policy]:
    """The lines that count for this action in this channel; none where everybody may."""
    ranked = [(rank, one) for one in policies if (rank := _rank(one, action, channel))]
    if any(one.command == action.name for _, one in ranked):
        ranked = [(rank, one) for rank, one in ranked if rank[0] != _SIBLING]
    return sorted(
        (one for rank, one in ranked if not any(_beats(other, rank) for other, _ in ranked)), key=_get_sort_key
    )


def get_allowed_users(lines: Sequence[Policy]) -> frozenset[str] | None:
    """The users who are in all of these lines; None without lines: everybody may.

    Lines with the same command and channel count as one, with the users of each.
    """
    parts: dict[tuple[str, str], set[str]] = {}
    for one in lines:
        parts.setdefault((one.command, one.channel), set()).update(one.users)
    return frozenset.intersection(*map(frozenset, parts.values())) if parts else None


def get_users_allowed_anywhere(policies: Sequence[Policy], action: PolicyAction) -> set[str]:
    """Everybody who may do it in some channel."""
    places = {one.channel for one in policies}
    return {user for place in places for user in get_allowed_users(select_policies(policies, action, place)) or ()}


_Rank = tuple[tuple[int, int], int]


def _rank(line: Policy, action: PolicyAction, channel: str | None) -> _Rank | None:
    """How specific the line is about the action, and about the channel; None when it does not apply."""
    about = _rank_command(line.command, action)
    if about is None or line.channel not in {EVERYWHERE, channel}:
        return None
    return about, int(line.channel != EVERYWHERE)


def _rank_command(word: str, action: PolicyAction) -> tuple[int, int] | None:
    if word == action.name:
        return 4, 0
    if word == action.family:
        return 3, 0
    if word != EVERYWHERE and fnmatchcase(action.name, word):
        return 2, len(word.replace("*", ""))
    if action.family and word in FAMILIES[action.family]:
        return _SIBLING
    return (0, 0) if word == EVERYWHERE else None


def _beats(one: _Rank, other: _Rank) -> bool:
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def _get_sort_key(line: Policy) -> tuple[str, str, tuple[str, ...]]:
    return line.command, line.channel, line.users
