"""Who reads that a hold waits, and what that means for *Approve*: whether they see it, and whether it opens a form.

Whoever draws a message says who reads it, as with languages and names (bot/naming.py). The press decides: what is not
known here (parameters, the hour, another name of the project, a group) hides nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.conversation import is_person
from bot.domain import ProjectSlug
from bot.domain.slack_groups import UserGroup
from bot.errors import UsageError
from bot.rules.hold_demands import build_hold_act
from bot.rules.policy_decision import Asker, build_stand_in, decide, find_demands, is_concerned
from bot.rules.policy_line import ANY, EVERYBODY, EXTERNAL, GUESTS, Demands, Effect, PolicyLine, is_group
from bot.rules.policy_rank import Act

_CROWD = (EVERYBODY, GUESTS, EXTERNAL)
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
        return self._find_needs(about, replace(act, channel=self.channel), project) if about else HoldNeeds()

    def _find_needs(self, lines: Sequence[PolicyLine], act: Act, project: ProjectSlug) -> HoldNeeds:
        in_form = any(one.reason or one.confirm for one in self._list_demands(lines, act))
        if project.vcs == _OPAQUE and any(one.scope.project not in {ANY, str(project)} for one in lines):
            return HoldNeeds(in_form)
        named = self._list_approvers(lines, act)
        if self.reader is None:
            return HoldNeeds(in_form, only_to=self._list_who_may(lines, act, named))
        among = named is None or not named.isdisjoint({self.reader.user, *self.reader.groups})
        return HoldNeeds(in_form, among and decide(lines, self.reader, act, final=False).allowed)

    def _list_demands(self, lines: Sequence[PolicyLine], act: Act) -> list[Demands]:
        """Of whoever reads alone; of several, of everybody whom a line asks for more."""
        if self.reader:
            return [find_demands(lines, self.reader, act)]
        asked = {who for line in lines if line.effect is Effect.REQUIRE for who in line.who}
        return [find_demands(lines, build_stand_in(who), act) for who in (EVERYBODY, *sorted(asked))]

    def _list_approvers(self, lines: Sequence[PolicyLine], act: Act) -> frozenset[str] | None:
        """The people and groups whose approval counts, at once or after a while; None where anybody's may."""
        without_values = [one for one in self.lines if not (one.scope.parameters and act.parameters is None)]
        lasting = [one for one in without_values if not one.scope.when]
        several = self._list_demands(lines, act)
        if not all(one.approvers for one in (*several, *self._list_demands(lasting, act))):
            return None
        return frozenset(who for one in several for who in (*one.approvers, *one.escalate_to))

    def _list_who_may(self, lines: Sequence[PolicyLine], act: Act, named: Collection[str] | None) -> frozenset[str]:
        """Empty where that is anybody, or not known of each."""
        if named is None and any(decide(lines, build_stand_in(who), act, final=False).allowed for who in _CROWD):
            return frozenset()
        who = {who for line in lines for who in line.who}.difference(_CROWD) if named is None else {*named}
        members = {one.id: one.members for one in self.groups if one.is_shown}
        groups = {*filter(is_group, who)}
        if not groups <= members.keys():
            return frozenset()
        people = {*filter(is_person, who)}.union(*(members[group] for group in groups))
        askers = [
            Asker(user=one, groups=frozenset(group for group, users in members.items() if one in users))
            for one in people
        ]
        return frozenset(one.user for one in askers if decide(lines, one, act, final=False).allowed)


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
