"""Where a policy is more open than it reads: pure.

Whoever may not `trigger` but may `rerun` starts what they like all the same; whoever may change the rules of a channel
decides for which projects its lines hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_decision import Asker, build_stand_in, decide, is_concerned
from bot.rules.policy_line import (
    ACT_FAMILIES,
    ANY,
    EVERYBODY,
    LISTEN,
    Effect,
    PolicyLine,
    PolicyScope,
)
from bot.rules.policy_rank import Act
from bot.rules.weekly_window import WeeklyWindow

_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_QUARTERS = 7 * 24 * 4


@dataclass(frozen=True, slots=True)
class Gap:
    """`line` keeps `who` from something, and the policy lets them do `act`, which comes to the same."""

    line: PolicyLine
    act: str
    who: tuple[str, ...]


def find_open_siblings(lines: Sequence[PolicyLine]) -> list[Gap]:
    """Acts that are open to people whom a line keeps from another one of the family."""
    restricting = [line for line in lines if line.effect in {Effect.ONLY, Effect.DENY}]
    found = [gap for line in restricting for family in ACT_FAMILIES for gap in _list_gaps(lines, line, family)]
    return list({(gap.act, gap.who, replace(gap.line.scope, act=ANY)): gap for gap in found}.values())


def find_open_channels(lines: Sequence[PolicyLine]) -> list[str]:
    """Channels with lines of their own whose rules everybody may change."""
    bound = {line.scope.channel for line in lines if line.scope.channel != ANY and line.scope.act != LISTEN}
    acts = [_build_act("use", PolicyScope(channel=channel)) for channel in sorted(bound)]
    return [str(act.channel) for act in acts if decide(lines, Asker(user=""), act).allowed]


def _list_gaps(lines: Sequence[PolicyLine], line: PolicyLine, family: str) -> Iterator[Gap]:
    acts = [_build_act(name, line.scope) for name in ACT_FAMILIES[family]]
    closed = [act for act in acts if is_concerned(line, act)]
    about = [one for one in lines if any(is_concerned(one, act) for act in acts)]
    people = sorted({EVERYBODY, *(who for one in about for who in one.who)}) if closed else []
    kept = [who for who in people if any(not _may(about, who, act) for act in closed)]
    for act in acts:
        if open_to := tuple(who for who in kept if _may(about, who, act)):
            yield Gap(line, act.name, open_to)


def _may(lines: Sequence[PolicyLine], who: str, act: Act) -> bool:
    return decide(lines, build_stand_in(who), act).allowed


def _build_act(name: str, scope: PolicyScope) -> Act:
    """One that the line is about: a pattern fits itself."""
    project = None if scope.project == ANY else ProjectScope.parse(scope.project)
    return Act(
        name=name,
        at=_find_moment(scope.when),
        channel=scope.channel,
        homes=frozenset(),
        projects=frozenset({ProjectSlug(project.vcs, project.org, project.project)} if project else ()),
        branch=scope.branch or "",
        tag=scope.tag or "",
        workflow=scope.workflow or "",
        hold=scope.hold or "",
        parameters=dict(scope.parameters),
    )


def _find_moment(window: WeeklyWindow | None) -> datetime:
    moments = (_MONDAY + timedelta(minutes=15 * count) for count in range(_QUARTERS))
    return next((at for at in moments if window is None or window.covers(at)), _MONDAY)
