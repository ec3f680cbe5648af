"""The four numbers of DORA for one environment, each with how many it is made of.

- Deploys a week: those that ran. A rollback is no deploy; what failed before it ran is none either.
- Lead time: from the push of the deployed commit, which is when the first known pipeline of it was created, to the end
  of the deploy that brought it there first.
- Change failure rate: deploys that failed, failed their validation or were rolled back, of all that ended.
- Time to restore: from there to the next deploy that stayed, or to the rollback that did.

What is canceled, under way or of a status that nobody knows counts nowhere. Where there is nothing to count there is no
number, rather than 0.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.circleci.daily_runs import compute_percentile
from bot.circleci.deploy_verdicts import BAD, DeployVerdict, JudgedRelease, Place
from bot.circleci.models import Pipeline

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations in seconds. Without any there is no median, and no 90th percentile."""

    seconds: Sequence[float] = ()

    @property
    def count(self) -> int:
        return len(self.seconds)

    @property
    def median(self) -> float | None:
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def p90(self) -> float | None:
        return compute_percentile(self.seconds, 90) if self.seconds else None


@dataclass(frozen=True, slots=True)
class DeployWeek:
    """Seven days from `begins_at`: deploys that stayed, those that did not, and the lead times of those that ran."""

    begins_at: datetime
    stayed: int
    failed: int
    rolled_back: int
    lead: Spread


@dataclass(frozen=True, slots=True)
class Outage:
    """Of one place; not `restored_at` any time yet where it goes on."""

    began_at: datetime
    restored_at: datetime | None

    @property
    def lasted_s(self) -> float | None:
        return (self.restored_at - self.began_at).total_seconds() if self.restored_at else None


@dataclass(frozen=True, slots=True)
class DeployMetrics:
    """Of the time from `begins_at` to `ends_at`. `ran` deploys brought something there, `failed` brought nothing.

    The lead time is known of `lead.count` of the `commits` that were deployed.
    """

    begins_at: datetime
    ends_at: datetime
    weeks: Sequence[DeployWeek]
    ran: int
    failed: int
    rolled_back: int
    commits: int
    lead: Spread
    outages: Sequence[Outage]

    @property
    def deploys(self) -> int:
        return self.ran + self.failed

    @property
    def bad(self) -> int:
        return self.failed + self.rolled_back

    @property
    def restore(self) -> Spread:
        return Spread([one.lasted_s for one in self.outages if one.lasted_s is not None])

    @property
    def a_week(self) -> float | None:
        """None where there is less than a week to look at: a rate of it would say nothing."""
        span = self.ends_at - self.begins_at
        return self.ran / (span / WEEK) if self.deploys and span >= WEEK else None

    @property
    def failure_share(self) -> float | None:
        return self.bad / self.deploys if self.deploys else None


def compute_deploy_metrics(
    judged: Sequence[JudgedRelease], pipelines: Iterable[Pipeline], *, since: datetime, until: datetime
) -> DeployMetrics:
    """`judged` are all that is known of one environment, also from before: nothing says how it was before them."""
    begins_at = max(since, min((one.at for one in judged), default=since))
    leads = _compute_leads(judged, pipelines)
    ours = [one for one in judged if begins_at <= one.at <= until and one.is_deploy]
    return DeployMetrics(
        begins_at,
        until,
        [_build_week(start, _list_deploys_of(start, ours, until), leads) for start in _list_weeks(begins_at, until)],
        ran=sum(one.ran for one in ours),
        failed=_count(ours, DeployVerdict.FAILED),
        rolled_back=_count(ours, DeployVerdict.ROLLED_BACK),
        commits=sum(one.release.id in leads for one in ours),
        lead=_gather_leads(ours, leads),
        outages=[one for one in _find_outages(judged) if begins_at <= one.began_at <= until],
    )


def _list_weeks(begins_at: datetime, until: datetime) -> list[datetime]:
    """Where each week begins, counted back from now: the first may have begun before there was anything."""
    count = max(1, -((begins_at - until) // WEEK))
    return [until - WEEK * number for number in range(count, 0, -1)]


def _build_week(start: datetime, deploys: Sequence[JudgedRelease], leads: Mapping[str, float | None]) -> DeployWeek:
    return DeployWeek(
        start,
        stayed=_count(deploys, DeployVerdict.DEPLOYED),
        failed=_count(deploys, DeployVerdict.FAILED),
        rolled_back=_count(deploys, DeployVerdict.ROLLED_BACK),
        lead=_gather_leads(deploys, leads),
    )


def _list_deploys_of(start: datetime, deploys: Sequence[JudgedRelease], until: datetime) -> list[JudgedRelease]:
    """Of seven days; the last ones end with the very moment at which they were looked at."""
    ends_at = start + WEEK
    return [one for one in deploys if start <= one.at < ends_at or one.at == ends_at == until]


def _count(judged: Sequence[JudgedRelease], verdict: DeployVerdict) -> int:
    return sum(one.verdict is verdict for one in judged)


def _gather_leads(deploys: Sequence[JudgedRelease], leads: Mapping[str, float | None]) -> Spread:
    known = (leads.get(one.release.id) for one in deploys)
    return Spread([lead for lead in known if lead is not None])


def _compute_leads(judged: Sequence[JudgedRelease], pipelines: Iterable[Pipeline]) -> dict[str, float | None]:
    """By the id of the deploy that brought a commit to its place first; None where it is not known when it was pushed.

    Of a pipeline that is not known, its id stands for its commit.
    """
    known = {one.id: one for one in pipelines}
    pushed_at = _find_pushes(known.values())
    brought: set[tuple[Place, str]] = set()
    leads = dict[str, float | None]()
    for one in judged:
        pipeline = known.get(one.release.pipeline_id)
        commit = pipeline.revision or pipeline.id if pipeline else one.release.pipeline_id or one.release.id
        if one.ran and one.is_deploy and (one.place, commit) not in brought:
            brought.add((one.place, commit))
            began_at = pushed_at.get(commit)
            leads[one.release.id] = (one.at - began_at).total_seconds() if began_at and began_at <= one.at else None
    return leads


def _find_pushes(pipelines: Iterable[Pipeline]) -> dict[str, datetime]:
    """When the first pipeline of each commit was created."""
    found = dict[str, datetime]()
    for one in pipelines:
        if one.created_at:
            commit = one.revision or one.id
            found[commit] = min(found.get(commit, one.created_at), one.created_at)
    return found


def _find_outages(judged: Sequence[JudgedRelease]) -> Iterator[Outage]:
    """From what went wrong first to what put it right, a place at a time."""
    for _place, of_place in groupby(sorted(judged, key=lambda one: one.place), key=lambda one: one.place):
        broken_at: datetime | None = None
        for one in of_place:
            if one.verdict in BAD:
                broken_at = broken_at or one.at
            elif broken_at and not one.is_undone:
                yield Outage(broken_at, one.at)
                broken_at = None
        if broken_at:
            yield Outage(broken_at, None)
