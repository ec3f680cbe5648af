"""Whom a change of a policy gives and takes what, and what is odd about it: asked of the engine itself. Pure.

Each line that changes is played: somebody does what it is about, and nothing more specific. Beside the people who are
known, the groups that lines name and `everybody` stand for those whom nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from bot.conversation import is_person
from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_decision import Asker, build_stand_in, decide
from bot.rules.policy_gaps import find_open_siblings
from bot.rules.policy_line import (
    ACT_FAMILIES,
    ANY,
    EVERYBODY,
    FAMILY_OF,
    READ,
    Effect,
    PolicyLine,
    PolicyScope,
)
from bot.rules.policy_rank import Act
from bot.rules.weekly_window import WeeklyWindow

_READING = "logs"
_STEP = timedelta(minutes=15)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PolicyEffects:
    """Who may do something then that they may not do now, and the other way round: as lines name them.

    `open` are acts of the same family that somebody may still do who may not do what the line is about. `unmet` are
    new lines that nobody satisfies, `unknown` people and groups of theirs whom Slack does not know. `locked_out` says
    that no admin may do it any more.
    """

    gaining: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    unmet: tuple[PolicyLine, ...] = ()
    unknown: tuple[str, ...] = ()
    locked_out: bool = False

    @property
    def is_odd(self) -> bool:
        """Whether somebody should look again before it counts."""
        return bool(self.unmet or self.unknown) or self.locked_out


_Named = tuple[str, Asker]
"""Whom a line calls so, and somebody who is that."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people who are known, admins among them, with the groups that lines name; and when it is."""

    people: Sequence[Asker]
    admins: Sequence[Asker]
    now: datetime

    def list_all(self, lines: Iterable[PolicyLine]) -> list[_Named]:
        """With somebody of each group that a line names, and somebody of none."""
        named = {who for line in lines for who in line.who if not is_person(who)}
        stand_ins = [(who, build_stand_in(who)) for who in (EVERYBODY, *sorted(named - {EVERYBODY}))]
        return [*stand_ins, *((one.user, one) for one in self.people)]


def find_effects(before: Sequence[PolicyLine], after: Sequence[PolicyLine], crowd: Crowd) -> PolicyEffects:
    """What happens when these lines take the place of those."""
    changed = [*(one for one in before if one not in after), *(one for one in after if one not in before)]
    acts = [act for line in changed if line.effect is not Effect.REQUIRE for act in list_samples(line.scope, crowd.now)]
    everybody = crowd.list_all([*before, *after])
    new = [one for one in changed if one in after]
    return PolicyEffects(
        gaining=_list_losing(acts, everybody, now=after, then=before),
        losing=_list_losing(acts, everybody, now=before, then=after),
        open=tuple(dict.fromkeys(gap.act for gap in find_open_siblings(after) if gap.line in new)),
        unmet=tuple(one for one in new if not _may_be_met(one, after, crowd)),
        locked_out=any(_are_locked_out(act, crowd.admins, now=before, then=after) for act in acts),
    )


def _list_losing(
    acts: Sequence[Act], askers: Iterable[_Named], *, now: Sequence[PolicyLine], then: Sequence[PolicyLine]
) -> tuple[str, ...]:
    """Who may do one of these now, and may not then."""
    return tuple(
        who
        for who, asker in askers
        if any(decide(now, asker, act).allowed and not decide(then, asker, act).allowed for act in acts)
    )


def _may_be_met(line: PolicyLine, lines: Sequence[PolicyLine], crowd: Crowd) -> bool:
    if line.effect is Effect.REQUIRE:
        return _has_enough_approvers(line)
    if line.effect is Effect.ALLOW or line.who == (EVERYBODY,):
        return True
    everybody = crowd.list_all(lines)
    return all(
        any(decide(lines, asker, act).allowed for _who, asker in everybody)
        for act in list_samples(line.scope, crowd.now)
    )


def _has_enough_approvers(line: PolicyLine) -> bool:
    """Where only people are named, and no group; with four eyes one of them may be the one who started it."""
    named = {*line.demands.approvers, *line.demands.escalate_to}
    if not line.demands.approvers or any(who.startswith("S") or who == EVERYBODY for who in named):
        return True
    return len(named) - line.demands.four_eyes >= line.demands.approvals


def _are_locked_out(
    act: Act, admins: Sequence[Asker], *, now: Sequence[PolicyLine], then: Sequence[PolicyLine]
) -> bool:
    could = any(decide(now, admin, act).allowed for admin in admins)
    return could and not any(decide(then, admin, act).allowed for admin in admins)


def list_samples(scope: PolicyScope, now: datetime) -> list[Act]:
    """Acts that a line of this scope is about, and nothing more specific."""
    return [
        Act(
            name=name,
            at=_find_moment(scope.when, now),
            changes=scope.act != READ,
            channel=None if scope.channel == ANY else scope.channel,
            homes=frozenset(),
            projects=_build_projects(scope.project),
            branch=_fill_glob(scope.branch),
            tag=_fill_glob(scope.tag),
            workflow=_fill_glob(scope.workflow),
            hold=_fill_glob(scope.hold),
            parameters={name: _fill_glob(value) for name, value in scope.parameters},
        )
        for name in _list_names(scope.act)
    ]


def _list_names(word: str) -> list[str]:
    if word == READ:
        return [_READING]
    if word in ACT_FAMILIES:
        return list(ACT_FAMILIES[word])
    known = [name for name in FAMILY_OF if fnmatchcase(name, word)]
    return known or [word]


def _build_projects(wanted: str) -> frozenset[ProjectSlug]:
    if wanted == ANY:
        return frozenset()
    scope = ProjectScope.parse(wanted)
    return frozenset({scope.exact or ProjectSlug(scope.vcs, scope.org, _fill_glob(scope.project))})


def _fill_glob(glob: str | None) -> str:
    """Something that it matches; "" is what is not there."""
    filled = (glob or "").replace("*", "x").replace("?", "x")
    return filled if glob is None or fnmatchcase(filled, glob) else glob


def _find_moment(window: WeeklyWindow | None, now: datetime) -> datetime:
    """The next moment at which it holds."""
    if window is None:
        return now
    moments = (now + _STEP * step for step in range(_WEEK // _STEP))
    return next((moment for moment in moments if window.covers(moment)), now)
