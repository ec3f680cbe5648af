"""What the lines of a policy say about one act of one person: pure, and the order of lines makes no difference.

A person may unless a line forbids it. A line that forbids gives way only to one that allows, is about the same or less
in every respect (act, project, branch, …, channel, time, person), and about less in one: so the most specific line
wins, and where neither of two is, the one that forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain

from bot.conversation import is_person
from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_line import (
    ACT_FAMILIES,
    ANY,
    EVERYBODY,
    EXTERNAL,
    FAMILY_OF,
    GUESTS,
    READ,
    Demands,
    Effect,
    PolicyLine,
    PolicyScope,
    is_group,
)

_Rank = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person, with the user groups that they are in."""

    user: str
    groups: frozenset[str] = frozenset()
    guest: bool = False
    external: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person is about to do. One that `changes` nothing (`schedules list`) is of the family "read".

    None is what is not known (yet), an empty text what is not there: a run of a tag has the branch "". `projects` are
    all names of the one project. `homes` are the channels that use it or have rules for it: what is forbidden in one of
    these is forbidden from everywhere.
    """

    name: str
    at: datetime
    changes: bool = True
    channel: str | None = None
    homes: frozenset[str] | None = None
    projects: frozenset[ProjectSlug] | None = None
    branch: str | None = None
    tag: str | None = None
    workflow: str | None = None
    hold: str | None = None
    parameters: Mapping[str, str | None] | None = None

    @property
    def family(self) -> str:
        return FAMILY_OF.get(self.name, READ) if self.changes else READ


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """`line` decided: one that forbids, or one that allows although another forbids; None where none applies.

    `askable` are those (as lines name them) who may do it where this person may not, `demands` what it takes beside.
    """

    allowed: bool
    line: PolicyLine | None = None
    askable: tuple[str, ...] = ()
    demands: Demands = field(default_factory=Demands)


def decide(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool = True) -> PolicyVerdict:
    """Whether this person may do it.

    `final`: nothing more will be known, so what is unknown counts against them. Before that, only what is forbidden
    whatever it turns out to be is refused.
    """
    forbidding, allowing = _weigh(lines, asker, act, final=final)
    if forbidding:
        return PolicyVerdict(allowed=False, line=forbidding[0].line, askable=list_named(lines, act, final=final))
    return PolicyVerdict(allowed=True, line=allowing[0].line if allowing else None)


def _weigh(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool) -> tuple[list[_Part], list[_Part]]:
    """What forbids it and gives way to nothing; and what allows it although something else forbids."""
    parts = _list_parts(lines, asker, act, final=final)
    allowing = [part for part in parts if part.effect is Effect.ALLOW]
    forbidding = [part for part in parts if part.effect is Effect.DENY]
    standing = [part for part in forbidding if not any(one.is_above(part) for one in allowing)]
    return standing, [one for one in allowing if any(one.is_above(part) for part in forbidding)]


def is_concerned(line: PolicyLine, act: Act) -> bool:
    """Whether the line may say something of an act of this name, depending on all else."""
    return _rank_act(line.scope.act, act) is not None


def find_demands(lines: Sequence[PolicyLine], asker: Asker, act: Act) -> Demands:
    """What has to be there for this act: of each demand the most specific lines count, and the strictest of these."""
    making = [part for part in _list_parts(lines, asker, act, final=True) if part.effect is Effect.REQUIRE]
    approving, escalating = _select_top(making, "approvals"), _select_top(making, "escalates_s")
    return Demands(
        approvals=max((one.approvals for one in approving), default=0),
        approvers=_join(one.approvers for one in approving),
        four_eyes=bool(_select_top(making, "four_eyes")),
        reason=bool(_select_top(making, "reason")),
        confirm=bool(_select_top(making, "confirm")),
        expires_s=min((one.expires_s or 0 for one in _select_top(making, "expires_s")), default=None),
        escalates_s=min((one.escalates_s or 0 for one in escalating), default=None),
        escalate_to=_join(one.escalate_to for one in escalating),
    )


def find_own_effect(line: PolicyLine, asker: Asker) -> Effect | None:
    """What a line says to this person, `only` either allows or denies; None where it says nothing to them."""
    return next((effect for effect, _closeness in _list_effects(line, asker)), None)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a line says to this person: `only` says two things. `rank` is how specific it is in each respect."""

    effect: Effect
    rank: _Rank
    line: PolicyLine

    def is_above(self, other: _Part) -> bool:
        """Whether it is about the same or less in every respect, and about less in one."""
        mine, its = self.line.scope, other.line.scope
        if its.channel not in {ANY, mine.channel} or not dict(its.parameters).keys() <= dict(mine.parameters).keys():
            return False
        return self.rank != other.rank and all(map(tuple.__ge__, self.rank, other.rank))


def _select_top(making: Sequence[_Part], name: str) -> list[Demands]:
    making = [part for part in making if getattr(part.line.demands, name)]
    return [part.line.demands for part in making if not any(other.is_above(part) for other in making)]


def _join(several: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({*chain.from_iterable(several)}))


def list_named(lines: Sequence[PolicyLine], act: Act, *, final: bool) -> tuple[str, ...]:
    """Of those whom lines about it name, who may: each taken for somebody who is nothing else."""
    allowing = [
        one
        for one in lines
        if one.effect in {Effect.ALLOW, Effect.ONLY} and _rank_line(one, Effect.ALLOW, act, final=final)
    ]
    named = {who for one in allowing for who in one.who} - {EVERYBODY}
    return tuple(sorted(who for who in named if not _weigh(lines, build_stand_in(who), act, final=final)[0]))


def build_stand_in(who: str) -> Asker:
    """Somebody who is only what lines call `who`: a person, one of a group, a guest, or just anybody."""
    return Asker(
        user=who if is_person(who) else "",
        groups=frozenset({who} if is_group(who) else ()),
        guest=who == GUESTS,
        external=who == EXTERNAL,
    )


def _list_parts(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool) -> list[_Part]:
    """What the lines that are about this act say to this person, in an order of their own."""
    said = [
        _Part(effect, (*rank, (person,)), line)
        for line in sorted({*lines}, key=repr)
        for effect, person in _list_effects(line, asker)
        if (rank := _rank_line(line, effect, act, final=final)) is not None
    ]
    own = any(line.scope.act == act.name and _rank_line(line, Effect.DENY, act, final=True) for line in lines)
    return [part for part in said if part.rank[0] != _SIBLING] if own else said


def _rank_line(line: PolicyLine, effect: Effect, act: Act, *, final: bool) -> _Rank | None:
    """A line that only allows holds where they ask; the others also for what is at home in their channel."""
    allows = effect is Effect.ALLOW
    homes = act.homes or frozenset()
    if allows and line.effect is Effect.ALLOW:
        homes = frozenset()
    elif allows and act.homes is None and not final:
        homes = frozenset({line.scope.channel})
    return _rank_scope(line.scope, act, unknown=allows is not final, homes=homes)


def _list_effects(line: PolicyLine, asker: Asker) -> Iterator[tuple[Effect, int]]:
    """With how closely each names the person."""
    named = max((rank for who in line.who if (rank := _rank_person(who, asker)) is not None), default=None)
    if named is not None:
        yield (Effect.ALLOW if line.effect is Effect.ONLY else line.effect), named
    if line.effect is Effect.ONLY and EVERYBODY not in line.who:
        yield Effect.DENY, 0


def _rank_person(who: str, asker: Asker) -> int | None:
    if who == asker.user:
        return 3
    if who in asker.groups:
        return 2
    if (who == GUESTS and asker.guest) or (who == EXTERNAL and asker.external):
        return 1
    return 0 if who == EVERYBODY else None


_SIBLING = (1, 0)
"""The rank of a line for another act of the family: it does not count where the act has a line of its own."""


def _rank_scope(scope: PolicyScope, act: Act, *, unknown: bool, homes: frozenset[str]) -> _Rank | None:
    """How specific it is in each respect; None where it is not about this act. `unknown`: what is unknown fits."""
    ranks = (
        _rank_act(scope.act, act),
        _rank_project(scope.project, act.projects, unknown=unknown),
        *(
            _rank_glob(getattr(scope, name), getattr(act, name), unknown=unknown)
            for name in ("branch", "tag", "workflow", "hold")
        ),
        _rank_parameters(scope.parameters, act.parameters, unknown=unknown),
        (0, 0) if scope.channel == ANY else (1, 0) if scope.channel in {act.channel, *homes} else None,
        (0, 0) if scope.when is None else (1, 0) if scope.when.covers(act.at) else None,
    )
    return None if None in ranks else tuple(rank for rank in ranks if rank is not None)


def _rank_act(word: str, act: Act) -> tuple[int, int] | None:
    if word == act.name:
        return 4, 0
    if word == act.family:
        return 3, 0
    if word != ANY and fnmatchcase(act.name, word):
        return 2, _count_literal(word)
    if act.changes and word in ACT_FAMILIES.get(act.family, ()):
        return _SIBLING
    return (0, 0) if word == ANY else None


def _rank_project(wanted: str, names: frozenset[ProjectSlug] | None, *, unknown: bool) -> tuple[int, int] | None:
    if wanted == ANY:
        return 0, 0
    scope = ProjectScope.parse(wanted.casefold())
    rank = (2, 0) if scope.exact else (1, _count_literal(scope.project))
    if names is None:
        return rank if unknown else None
    return rank if any(scope.covers(ProjectSlug.parse(str(name).casefold())) for name in names) else None


def _rank_parameters(
    wanted: Sequence[tuple[str, str]], values: Mapping[str, str | None] | None, *, unknown: bool
) -> tuple[int, ...] | None:
    ranks = [
        _rank_glob(glob, None if values is None else values.get(name, ""), unknown=unknown) for name, glob in wanted
    ]
    known = [rank for rank in ranks if rank is not None]
    return (len(known), sum(map(sum, known))) if len(known) == len(ranks) else None


def _rank_glob(glob: str | None, value: str | None, *, unknown: bool) -> tuple[int, int] | None:
    """A name is more specific than a glob, and one with more letters more than one with fewer."""
    if glob is None:
        return 0, 0
    rank = (2, 0) if glob == value or not set(glob) & set("*?[") else (1, _count_literal(glob))
    if value is None:
        return rank if unknown else None
    return rank if value == glob or fnmatchcase(value, glob) else None


def _count_literal(glob: str) -> int:
    return len(glob) - glob.count("*") - glob.count("?")
