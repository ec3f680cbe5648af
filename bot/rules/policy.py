"""Who may do what, by the lines of a workspace's policy: pure, and their order makes no difference.

A line names a command, a family, a glob or `*`, and a channel or all. Of the lines that concern an act only the most
specific count: the act itself before its family before a glob before another act of the family before `*`, and one for
the channel before one for all. Where neither of two is more specific, both hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

EVERYWHERE: Final = "*"

LISTEN = "listen"
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "start": ("trigger", "rerun", "schedules"),
    "decide": ("approve", "decline"),
    "stop": ("cancel",),
    "settings": ("env", "keys", "webhooks"),
    LISTEN: ("subscribe", "unsubscribe", "takeover", "mute", "unmute", "quiet", "unremind", "use"),
}
"""What belongs together: who may not do the one can do no harm by the other. To decline is `cancel` of a hold."""

_SIBLING = (1, 0)
"""How a line for another act of the family speaks of this one: not at all where it has a line of its own."""

_FAMILY_OF = {act: family for family, acts in FAMILIES.items() for act in acts}


@dataclass(frozen=True, slots=True)
class Policy:
    """In this channel (`*` = all) only these users may do what `command` names."""

    workspace: str
    command: str
    channel: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyAction:
    """What somebody is about to do. One that `changes` nothing (`schedules list`) is in no family."""

    name: str
    changes: bool = True

    @property
    def family(self) -> str | None:
        return _FAMILY_OF.get(self.name) if self.changes else None


def is_known_command(word: str, commands: Iterable[str]) -> bool:
    """Whether a line that names this concerns anything."""
    return word in FAMILIES or any(fnmatchcase(name, word) for name in (*commands, *_FAMILY_OF))


def select_policies(policies: Iterable[Policy], act: PolicyAction, channel: str | None) -> list[Policy]:
    """The lines that count for this act in this channel, by their words; none where everybody may."""
    ranked = [(rank, one) for one in policies if (rank := _rank(one, act, channel))]
    if any(one.command == act.name for _, one in ranked):
        ranked = [(rank, one) for rank, one in ranked if rank[0] != _SIBLING]
    return sorted(
        (one for rank, one in ranked if not any(_beats(other, rank) for other, _ in ranked)), key=_get_sort_key
    )


def get_allowed_users(lines: Sequence[Policy]) -> frozenset[str] | None:
    """Whom all of these let do it; None where there is none, so that everybody may.

    Lines that name the same for the same channel are one that was written in parts.
    """
    parts: dict[tuple[str, str], set[str]] = {}
    for one in lines:
        parts.setdefault((one.command, one.channel), set()).update(one.users)
    return frozenset.intersection(*map(frozenset, parts.values())) if parts else None


def get_users_allowed_anywhere(policies: Sequence[Policy], act: PolicyAction) -> set[str]:
    """Everybody whom the policy lets do it somewhere."""
    places = {one.channel for one in policies}
    return {user for place in places for user in get_allowed_users(select_policies(policies, act, place)) or ()}


_Rank = tuple[tuple[int, int], int]


def _rank(line: Policy, act: PolicyAction, channel: str | None) -> _Rank | None:
    """How specifically it speaks of the act, and of the channel; None when it does not concern this."""
    about = _rank_command(line.command, act)
    if about is None or line.channel not in {EVERYWHERE, channel}:
        return None
    return about, int(line.channel != EVERYWHERE)


def _rank_command(word: str, act: PolicyAction) -> tuple[int, int] | None:
    if word == act.name:
        return 4, 0
    if word == act.family:
        return 3, 0
    if word != EVERYWHERE and fnmatchcase(act.name, word):
        return 2, len(word.replace("*", ""))
    if act.family and word in FAMILIES[act.family]:
        return _SIBLING
    return (0, 0) if word == EVERYWHERE else None


def _beats(one: _Rank, other: _Rank) -> bool:
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def _get_sort_key(line: Policy) -> tuple[str, str, tuple[str, ...]]:
    return line.command, line.channel, line.users
