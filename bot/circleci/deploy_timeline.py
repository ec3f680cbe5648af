"""What ran where lately, and what was tried: as spans and marks of each place on one axis of time. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.circleci.deploy_verdicts import DeployVerdict, JudgedRelease, Place, get_place, judge_releases
from bot.circleci.models import Release
from bot.circleci.release_states import MOVING, get_state

LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DeploySpan:
    """A version that ran; it may have begun before the axis. What runs there yet has not `ended_at` any time."""

    version: str
    verdict: DeployVerdict
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeployMark:
    """What brought nothing: `state` is failed, canceled, or that of what is under way."""

    version: str
    state: str
    at: datetime

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One place; both oldest first."""

    place: Place
    spans: Sequence[DeploySpan]
    marks: Sequence[DeployMark]

    @property
    def newest_at(self) -> datetime:
        return max([*(one.began_at for one in self.spans), *(one.at for one in self.marks)])

    def count(self, since: datetime) -> int:
        """Deploys that ended since then."""
        ran = sum(one.began_at >= since and one.verdict is not DeployVerdict.RETURNED for one in self.spans)
        return ran + sum(one.state == "failed" for one in self.marks)

    def count_bad(self, since: datetime) -> int:
        undone = sum(one.began_at >= since and one.verdict is DeployVerdict.ROLLED_BACK for one in self.spans)
        return undone + sum(one.state == "failed" for one in self.marks)


@dataclass(frozen=True, slots=True)
class DeployTimeline:
    """From `begins_at` to `ends_at`; the place where something happened last comes first."""

    begins_at: datetime
    ends_at: datetime
    rows: Sequence[TimelineRow]


def build_deploy_timeline(releases: Sequence[Release], now: datetime) -> DeployTimeline:
    """Of places where something ran or was tried in these days."""
    judged = judge_releases(releases)
    marks = sorted(_list_marks(releases, judged), key=lambda placed: placed[1].at)
    ends_at = max([now, *(one.at for one in judged), *(one.at for _place, one in marks)])
    begins_at = ends_at - LOOKS_BACK
    by_place: dict[Place, tuple[list[DeploySpan], list[DeployMark]]] = defaultdict(lambda: ([], []))
    for place, span in _list_spans(judged):
        if span.ended_at is None or span.ended_at >= begins_at:
            by_place[place][0].append(span)
    for place, mark in marks:
        if mark.at >= begins_at:
            by_place[place][1].append(mark)
    rows = [TimelineRow(place, spans, marks) for place, (spans, marks) in by_place.items()]
    return DeployTimeline(begins_at, ends_at, sorted(rows, key=lambda row: row.newest_at, reverse=True))


def _list_spans(judged: Sequence[JudgedRelease]) -> Iterator[tuple[Place, DeploySpan]]:
    """Each ends where the next one at its place begins."""
    by_place: dict[Place, list[JudgedRelease]] = defaultdict(list)
    for one in judged:
        if one.ran:
            by_place[one.place].append(one)
    for place, ran in by_place.items():
        for one, after in zip(ran, [*ran[1:], None], strict=True):
            yield place, DeploySpan(one.release.version, one.verdict, one.at, after.at if after else None)


def _list_marks(releases: Sequence[Release], judged: Sequence[JudgedRelease]) -> Iterator[tuple[Place, DeployMark]]:
    for one in judged:
        if not one.ran:
            yield one.place, DeployMark(one.release.version, "failed", one.at)
    others = {one.id: one for one in releases if get_state(one) in MOVING | {"canceled"}}
    for release in sorted(others.values(), key=lambda one: one.id):
        if at := release.ended_at or release.created_at:
            yield get_place(release), DeployMark(release.version, get_state(release), at)
