"""Who reads that a hold waits, and what that means for *Approve*: whether they see it, and whether it opens a form.

Whoever draws a message says who reads it, as with languages and names (bot/naming.py). The press decides: what is not
known here (parameters, the hour, another name of the project, a group) hides nothing from anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.conversation import is_person
from bot.domain.slack_groups import UserGroup
from bot.errors import UsageError
from bot.rules.hold_demands import build_hold_act
from bot.rules.policy_decision import Asker, build_stand_in, decide, find_demands, is_concerned
from bot.rules.policy_line import ANY, EVERYBODY, EXTERNAL, GUESTS, Demands, Effect, PolicyLine, is_group, list_groups
from bot.rules.policy_rank import Act, rank_scope

_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)
_OPAQUE = "circleci"
"""Projects with ids in place of names: a line may mean them by the name."""


@dataclass(frozen=True, slots=True)
class HoldNeeds:
    """`in_form`: a reason or a second look is asked for. `is_shown`: whoever reads alone may approve it.

    `only_to` are all who may, where several read and that is known of each; else empty.
    """

    in_form: bool = False
    is_shown: bool = True
    only_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HoldReaders:
    """`reader` alone, or whoever reads the `channel`, in a workspace with these `lines` of policy.

    `groups` are those of which Slack told.
    """

    lines: Sequence[PolicyLine] = ()
    groups: Sequence[UserGroup] = ()
    channel: str | None = None
    reader: Asker | None = None

    def find_needs(self, snapshot: Snapshot, workflow: Workflow, job: Job) -> HoldNeeds:
        """What a project of an unknown form needs, nobody can say."""
        try:
            project = snapshot.pipeline.project
        except UsageError:
            return HoldNeeds()
        act = build_hold_act(snapshot, project, workflow=workflow, job=job, at=_WHENEVER)
        about = [line for line in _ignore_hours(self.lines) if is_concerned(line, act)]
        return self._find_needs(about, replace(act, channel=self.channel)) if about else HoldNeeds()

    def _find_needs(self, lines: Sequence[PolicyLine], act: Act) -> HoldNeeds:
        in_form = any(one.reason or one.confirm for one in self._list_demands(lines, act))
        if any(_is_open(line, act) for line in self.lines):
            return HoldNeeds(in_form)
        if self.reader:
            return HoldNeeds(in_form, _may_approve(lines, self.reader, act))
        return HoldNeeds(in_form, only_to=self._list_who_may(lines, act))

    def _list_demands(self, lines: Sequence[PolicyLine], act: Act) -> list[Demands]:
        """Of whoever reads alone; of several, of everybody whom a line asks for more."""
        if self.reader:
            return [find_demands(lines, self.reader, act)]
        asked = {who for line in lines if line.effect is Effect.REQUIRE for who in line.who}
        return [find_demands(lines, build_stand_in(who), act) for who in (EVERYBODY, *sorted(asked))]

    def _list_who_may(self, lines: Sequence[PolicyLine], act: Act) -> frozenset[str]:
        """Of all whom lines name; empty where somebody else may, too, or a group's members are not known."""
        members = {one.id: one.members for one in self.groups if one.is_shown}
        unknown = list_groups(lines) - members.keys()
        if unknown or any(_may_approve(lines, one, act) for one in _list_kinds(lines, Asker(user=""))):
            return frozenset()
        named = {who for line in lines for who in (*line.who, *line.demands.approvers, *line.demands.escalate_to)}
        people = {*filter(is_person, named)}.union(*(members[group] for group in filter(is_group, named)))
        alike: dict[Asker, list[str]] = defaultdict(list)
        for one in people:
            groups = frozenset(group for group, users in members.items() if one in users)
            alike[Asker(user=one if one in named else "", groups=groups)].append(one)
        may = (asker for asker in alike if any(_may_approve(lines, kind, act) for kind in _list_kinds(lines, asker)))
        return frozenset(one for asker in may for one in alike[asker])


def _may_approve(lines: Sequence[PolicyLine], asker: Asker, act: Act) -> bool:
    """At once or after a while."""
    demands = find_demands(lines, asker, act)
    counting = {*demands.approvers, *demands.escalate_to} if demands.approvers else {asker.user}
    among = not counting.isdisjoint({asker.user, *asker.groups})
    return among and decide(lines, asker, act, final=False).allowed


def _list_kinds(lines: Sequence[PolicyLine], asker: Asker) -> list[Asker]:
    """The person as a guest, and as somebody from outside, where that makes a difference."""
    told = {who for line in lines for who in line.who}
    guests, outsiders = ((False, True) if who in told else (False,) for who in (GUESTS, EXTERNAL))
    return [replace(asker, guest=guest, external=external) for guest in guests for external in outsiders]


def _is_open(line: PolicyLine, act: Act) -> bool:
    """Whether what is not known here decides if the line lets somebody approve it, or says whose approval counts.

    A line that forbids does neither: where it may not count, it is as if it were not there.
    """
    scope, demands = line.scope, line.demands
    asks_nobody = line.effect is Effect.REQUIRE and not (demands.approvals or demands.escalates_s)
    if line.effect is Effect.DENY or asks_nobody:
        return False
    named_otherwise = _may_mean(scope.project, act)
    at_home = line.effect is not Effect.ALLOW and scope.channel not in {ANY, act.channel}
    if not (scope.when or (scope.parameters and act.parameters is None) or named_otherwise or at_home):
        return False
    wide = replace(scope, when=None, channel=ANY, project=ANY if named_otherwise else scope.project)
    return rank_scope(wide, act, unknown=True, homes=frozenset()) is not None


def _may_mean(project: str, act: Act) -> bool:
    """Whether that may be another name of the project: with ids in the place of names."""
    names = {str(one) for one in act.projects or ()}
    kinds = {one.partition("/")[0] for one in (project, *names)}
    return _OPAQUE in kinds and project not in {ANY, *names}


def _ignore_hours(lines: Sequence[PolicyLine]) -> list[PolicyLine]:
    """As at an hour at which no line forbids anything for that hour: what is drawn is read later."""
    lasting = [one for one in lines if not (one.scope.when and one.effect in {Effect.DENY, Effect.ONLY})]
    return [replace(one, scope=replace(one.scope, when=None)) if one.scope.when else one for one in lasting]


ANYBODY = HoldReaders()

_readers: ContextVar[HoldReaders] = ContextVar("who reads that a hold waits", default=ANYBODY)


def find_needs(snapshot: Snapshot, workflow: Workflow, job: Job) -> HoldNeeds:
    """For those who read what is drawn now."""
    return _readers.get().find_needs(snapshot, workflow, job)


def get_readers() -> HoldReaders:
    return _readers.get()


def set_readers(readers: HoldReaders) -> None:
    """From here on, until the end of the `begin_reading` around it."""
    _readers.set(readers)


@contextmanager
def begin_reading(readers: HoldReaders) -> Iterator[None]:
    """What is drawn within is read by these."""
    before = _readers.set(readers)
    try:
        yield
    finally:
        _readers.reset(before)


@contextmanager
def begin_reading_together() -> Iterator[None]:
    """What was for one is drawn, within, for all who read there."""
    with begin_reading(replace(_readers.get(), reader=None)):
        yield
