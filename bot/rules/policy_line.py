"""A line of a workspace's policy: who may, may only or may not do what, on what, from where and when; or what it takes.

Lines have no order. bot/rules/policy_decision.py says what they mean together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from bot.rules.weekly_window import WeeklyWindow

ANY: Final = "*"

EVERYBODY: Final = "everybody"
GUESTS: Final = "guests"
EXTERNAL: Final = "external"
"""People of another company, in a channel that Slack Connect shares."""

LISTEN: Final = "listen"
READ: Final = "read"
ACT_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "start": ("trigger", "rerun", "rollback", "schedules", "preset"),
    "decide": ("approve", "decline"),
    "stop": ("cancel",),
    "settings": ("env", "keys", "webhooks"),
    LISTEN: ("subscribe", "unsubscribe", "takeover", "mute", "unmute", "quiet", "unremind", "use", "undo"),
}
"""Acts that a line for one of them restricts together, so that nobody gets around `trigger` by `rerun`. `decline` is
`cancel` of a hold. What only shows something is of the family `read`."""

KEPT_STARTS: Final = frozenset({"preset"})
"""Acts of the family `start` that start nothing themselves."""

FAMILY_OF: Mapping[str, str] = {act: family for family, acts in ACT_FAMILIES.items() for act in acts}


class Effect(StrEnum):
    """What a line does for the people whom it names: `only` allows them and nobody else; `require` asks for more."""

    ALLOW = "allow"
    ONLY = "only"
    DENY = "deny"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """What a line is about: `*` and None are everything.

    `act` is a command, a family, a glob. `project` is as ProjectScope spells it. `branch`, `tag`, `workflow`, `hold`
    and the values of `parameters` are globs. `channel` is where people ask, or what the project is at home in.
    """

    act: str = ANY
    channel: str = ANY
    project: str = ANY
    branch: str | None = None
    tag: str | None = None
    workflow: str | None = None
    hold: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    when: WeeklyWindow | None = None


@dataclass(frozen=True, slots=True)
class Demands:
    """What has to be there before CircleCI is asked, beyond the right to do it.

    `approvals` of different people of `approvers` (empty: whoever may do it); with `four_eyes` neither who started it
    nor who wrote the commit counts. `reason` asks for a text, `confirm` for a second look at what is named. Votes end
    after `expires_s` seconds; after `escalates_s` those in `escalate_to` are asked as well, and count.
    """

    approvals: int = 0
    approvers: tuple[str, ...] = ()
    four_eyes: bool = False
    reason: bool = False
    confirm: bool = False
    expires_s: int | None = None
    escalates_s: int | None = None
    escalate_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """`who` are ids of people (U…) and user groups (S…), `everybody`, `guests` and `external`."""

    effect: Effect
    who: tuple[str, ...]
    scope: PolicyScope = field(default_factory=PolicyScope)
    demands: Demands = field(default_factory=Demands)


def is_group(who: str) -> bool:
    """Whether this is the id of a user group."""
    return who.startswith("S")


def list_whom(line: PolicyLine) -> tuple[str, ...]:
    """All whom it names, in whatever role."""
    return (*line.who, *line.demands.approvers, *line.demands.escalate_to)


def list_groups(lines: Iterable[PolicyLine]) -> set[str]:
    """The user groups that they name, in whatever role."""
    return {who for one in lines for who in list_whom(one) if is_group(who)}


def is_known_act(word: str, commands: Iterable[str]) -> bool:
    """Whether a line with this word can apply to anything."""
    known = (*commands, *FAMILY_OF)
    return word in ACT_FAMILIES or word == READ or any(fnmatchcase(name, word) for name in known)
