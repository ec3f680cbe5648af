"""What the lines of a policy say about one act of one person: pure, and the order of lines makes no difference.

A person may unless a line forbids it. A line that forbids gives way only to one that allows, is about the same or less
in every respect (act, project, branch, …, channel, time, person), and about less in one: so the most specific line
wins, and where neither of two is, the one that forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from bot.conversation import is_person
from bot.domain.slack_groups import UserGroup
from bot.rules.policy_line import (
    ANY,
    EVERYBODY,
    EXTERNAL,
    GUESTS,
    KEPT_STARTS,
    Demands,
    Effect,
    PolicyLine,
    is_group,
)
from bot.rules.policy_rank import OWN, SIBLING, Act, Rank, is_within, rank_act, rank_scope

if TYPE_CHECKING:
    from bot.rules.project_freeze import Freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person, with the user groups that they are in.

    `former` are groups of which Slack no longer tells, in which they were: these give nobody a right, and still forbid.
    """

    user: str
    groups: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    guest: bool = False
    external: bool = False


def build_asker(
    user: str, groups: Iterable[UserGroup], now: datetime, *, guest: bool = False, external: bool = False
) -> Asker:
    """Somebody, in those of the groups whose member they are."""
    theirs = [one for one in groups if user in one.members]
    return Asker(
        user=user,
        groups=frozenset(one.id for one in theirs if one.is_trusted(now)),
        former=frozenset(one.id for one in theirs if not one.is_trusted(now)),
        guest=guest,
        external=external,
    )


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """`line` decided: one that forbids, or one that allows although another forbids; None where none applies.

    `askable` are those (as lines name them) who may do it where this person may not, `demands` what it takes beside.
    `unasked` is what of that nobody asks for at this act: it is refused then. A `freeze` stops it before any line does.
    """

    allowed: bool
    line: PolicyLine | None = None
    askable: tuple[str, ...] = ()
    demands: Demands = field(default_factory=Demands)
    unasked: Demands = field(default_factory=Demands)
    freeze: Freeze | None = None


def decide(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool = True) -> PolicyVerdict:
    """Whether this person may do it.

    `final`: nothing more will be known, so what is unknown counts against them. Before that, only what is forbidden
    whatever it turns out to be is refused.
    """
    if not lines:
        return PolicyVerdict(allowed=True)
    applying = _list_applying(lines, act, final=final)
    forbidding, allowing = _weigh(applying, asker)
    if forbidding:
        return PolicyVerdict(allowed=False, line=_choose_line(forbidding), askable=_list_askable(applying))
    return PolicyVerdict(allowed=True, line=_choose_line(allowing) if allowing else None)


def _choose_line(parts: Sequence[_Part]) -> PolicyLine:
    """The same in whatever order they stand."""
    return min((part.line for part in parts), key=repr)


def _weigh(applying: Sequence[_Applying], asker: Asker) -> tuple[list[_Part], list[_Part]]:
    """What forbids it and gives way to nothing; and what allows it although something else forbids."""
    parts = _list_parts(applying, asker)
    allowing = [part for part in parts if part.effect is Effect.ALLOW]
    forbidding = [part for part in parts if part.effect is Effect.DENY]
    standing = [part for part in forbidding if not any(one.is_above(part) for one in allowing)]
    return standing, [one for one in allowing if any(one.is_above(part) for part in forbidding)]


def is_concerned(line: PolicyLine, act: Act) -> bool:
    """Whether the line may say something of an act of this name, depending on all else."""
    return rank_act(line.scope.act, act) is not None


def find_demands(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool = True) -> Demands:
    """What has to be there for this act: of each demand the most specific lines count, and the strictest of these.

    Before it is `final`, what is demanded whatever the act turns out to be.
    """
    if not lines:
        return Demands()
    making = _list_making(lines, asker, act, final=final)
    approving, escalating = _select_demands(making, "approvals"), _select_demands(making, "escalates_s")
    return Demands(
        approvals=max((one.approvals for one in approving), default=0),
        approvers=_join(one.approvers for one in approving),
        four_eyes=bool(_select_top(making, "four_eyes")),
        reason=bool(_select_top(making, "reason")),
        confirm=bool(_select_top(making, "confirm")),
        expires_s=min((one.expires_s or 0 for one in _select_demands(making, "expires_s")), default=None),
        escalates_s=min((one.escalates_s or 0 for one in escalating), default=None),
        escalate_to=_join(one.escalate_to for one in escalating),
    )


def list_demanding(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, demand: str) -> list[PolicyLine]:
    """The lines that make this demand (a field of Demands) for this act."""
    return _select_top(_list_making(lines, asker, act, final=True), demand)


def _list_making(lines: Sequence[PolicyLine], asker: Asker, act: Act, *, final: bool) -> list[_Part]:
    """What only keeps a start for later meets the demands when it runs: of it only lines for that very act demand."""
    parts = _list_parts(_list_applying(lines, act, final=final), asker)
    making = [part for part in parts if part.effect is Effect.REQUIRE]
    return [part for part in making if part.rank[0] == OWN] if act.name in KEPT_STARTS else making


def find_own_effect(line: PolicyLine, asker: Asker) -> Effect | None:
    """What a line says to this person, `only` either allows or denies; None where it says nothing to them."""
    return next((effect for effect, _closeness in _list_effects(line, asker)), None)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a line says to this person: `only` says two things. `rank` is how specific it is in each respect."""

    effect: Effect
    rank: Rank
    line: PolicyLine

    def is_above(self, other: _Part) -> bool:
        """Whether it is about the same or less in every respect, and about less in one."""
        mine, its = self.line.scope, other.line.scope
        if its.channel not in {ANY, mine.channel} or not is_within(mine, its):
            return False
        differ = self.rank != other.rank or mine.parameters != its.parameters
        return differ and all(map(tuple.__ge__, self.rank, other.rank))


def _select_top(making: Sequence[_Part], name: str) -> list[PolicyLine]:
    making = [part for part in making if getattr(part.line.demands, name)]
    return [part.line for part in making if not any(other.is_above(part) for other in making)]


def _select_demands(making: Sequence[_Part], name: str) -> list[Demands]:
    return [line.demands for line in _select_top(making, name)]


def _join(several: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({*chain.from_iterable(several)}))


def list_named(lines: Sequence[PolicyLine], act: Act, *, final: bool) -> tuple[str, ...]:
    """Of those whom lines about it name, who may."""
    return _list_askable(_list_applying(lines, act, final=final))


def _list_askable(applying: Sequence[_Applying]) -> tuple[str, ...]:
    """Each is taken for somebody who is nothing else."""
    named = {who for one in applying if Effect.ALLOW in one.ranks for who in one.line.who} - {EVERYBODY}
    return tuple(sorted(who for who in named if not _weigh(applying, build_stand_in(who))[0]))


def build_stand_in(who: str) -> Asker:
    """Somebody who is only what lines call `who`: a person, one of a group, a guest, or just anybody."""
    return Asker(
        user=who if is_person(who) else "",
        groups=frozenset({who} if is_group(who) else ()),
        guest=who == GUESTS,
        external=who == EXTERNAL,
    )


@dataclass(frozen=True, slots=True)
class _Applying:
    """A line that is about this act, and how specific it is in each respect for each thing that it says."""

    line: PolicyLine
    ranks: Mapping[Effect, Rank]


def _list_applying(lines: Sequence[PolicyLine], act: Act, *, final: bool) -> list[_Applying]:
    """Whoever asks."""
    found = [_Applying(line, _rank_effects(line, act, final=final)) for line in lines if is_concerned(line, act)]
    return [one for one in found if one.ranks]


def _rank_effects(line: PolicyLine, act: Act, *, final: bool) -> dict[Effect, Rank]:
    effects = (Effect.ALLOW, Effect.DENY) if line.effect is Effect.ONLY else (line.effect,)
    return {effect: rank for effect in effects if (rank := _rank_line(line, effect, act, final=final)) is not None}


def _list_parts(applying: Sequence[_Applying], asker: Asker) -> list[_Part]:
    """What the lines say to this person.

    A line for another act of the family does not count where one for this very act lets them do it: one that forbids or
    demands opens nothing.
    """
    parts = [
        _Part(effect, (*one.ranks[effect], (person,)), one.line)
        for one in applying
        for effect, person in _list_effects(one.line, asker)
        if effect in one.ranks
    ]
    own = any(part.effect is Effect.ALLOW and part.rank[0] == OWN for part in parts)
    return [part for part in parts if not own or part.rank[0] != SIBLING]


def _rank_line(line: PolicyLine, effect: Effect, act: Act, *, final: bool) -> Rank | None:
    """A line that only allows holds where they ask; the others also for what is at home in their channel."""
    allows = effect is Effect.ALLOW
    homes = act.homes or frozenset()
    if allows and line.effect is Effect.ALLOW:
        homes = frozenset()
    elif allows and act.homes is None and not final:
        homes = frozenset({line.scope.channel})
    return rank_scope(line.scope, act, unknown=allows is not final, homes=homes)


def _list_effects(line: PolicyLine, asker: Asker) -> Iterator[tuple[Effect, int]]:
    """With how closely each names the person."""
    effect = Effect.ALLOW if line.effect is Effect.ONLY else line.effect
    groups = asker.groups if effect is Effect.ALLOW else asker.groups | asker.former
    named = max((rank for who in line.who if (rank := _rank_person(who, asker, groups)) is not None), default=None)
    if named is not None:
        yield effect, named
    if line.effect is Effect.ONLY and EVERYBODY not in line.who:
        yield Effect.DENY, 0


def _rank_person(who: str, asker: Asker, groups: frozenset[str]) -> int | None:
    if who == asker.user:
        return 3
    if who in groups:
        return 2
    if (who == GUESTS and asker.guest) or (who == EXTERNAL and asker.external):
        return 1
    return 0 if who == EVERYBODY else None
