"""When the jobs of a workflow waited and ran, and which chain of them decided how long it took.

CircleCI lists when a job started and stopped, and what it waits for. So a job was ready when the last of its
dependencies stopped, and queued from then until it started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.circleci.models import Job, Workflow


@dataclass(frozen=True, slots=True)
class Bar:
    """One job. Times are seconds since the workflow began; `started_s` is None for what never ran.

    `ready_s` is when the last job that it waits for had ended. `goes_on` says that it still runs (`stopped_s` is now).
    `critical` marks the chain that decided how long the workflow took.
    """

    name: str
    status: str
    is_hold: bool
    ready_s: float
    started_s: float | None
    stopped_s: float | None
    goes_on: bool = False
    critical: bool = False

    @property
    def queued_s(self) -> float:
        return 0.0 if self.started_s is None else max(0.0, self.started_s - self.ready_s)

    @property
    def ran_s(self) -> float | None:
        if self.started_s is None or self.stopped_s is None:
            return None
        return max(0.0, self.stopped_s - self.started_s)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars by when they began.

    `kept` names the jobs that an earlier run had done and this one did not repeat, `waiting` those that never began.
    """

    bars: tuple[Bar, ...]
    reused_jobs: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def length_s(self) -> float:
        return max((bar.stopped_s or 0.0 for bar in self.bars), default=0.0)

    @property
    def critical(self) -> tuple[Bar, ...]:
        """The chain, first job first."""
        return tuple(bar for bar in self.bars if bar.critical)


def build_timeline(workflow: Workflow, jobs: Sequence[Job], now: datetime) -> Timeline:
    """The jobs of one workflow as bars; none where CircleCI does not say when it began."""
    began_at = workflow.created_at
    if began_at is None:
        return Timeline(())
    kept = [job for job in jobs if job.stopped_at and job.stopped_at <= began_at]
    clock = _Offsets(began_at, now)
    known = {job.id: _build_bar(job, jobs, clock) for job in jobs if job not in kept}
    drawn = {job_id: bar for job_id, bar in known.items() if bar.started_s is not None}
    chain = _find_critical_chain({job.id: job for job in jobs}, drawn)
    bars = sorted((_set_critical(bar, job_id in chain) for job_id, bar in drawn.items()), key=_by_start)
    return Timeline(
        bars=tuple(bars),
        reused_jobs=tuple(job.name for job in kept),
        waiting=tuple(bar.name for bar in known.values() if bar.started_s is None),
    )


@dataclass(frozen=True, slots=True)
class _Offsets:
    began_at: datetime
    now: datetime

    def get_seconds(self, moment: datetime) -> float:
        return max(0.0, (moment - self.began_at).total_seconds())


def _build_bar(job: Job, jobs: Sequence[Job], clock: _Offsets) -> Bar:
    ready_at = _ready_at(job, jobs, clock)
    decided_at = job.stopped_at or (_released_at(job, jobs) if job.is_approval else None)
    started_at = job.started_at or (ready_at if job.is_approval and (job.is_held or decided_at) else None)
    stopped_at = decided_at or (None if job.has_ended else clock.now)
    return Bar(
        name=job.name,
        status=job.status,
        is_hold=job.is_approval,
        ready_s=min(clock.get_seconds(ready_at), clock.get_seconds(started_at))
        if started_at
        else clock.get_seconds(ready_at),
        started_s=None if started_at is None else clock.get_seconds(started_at),
        stopped_s=None if started_at is None or stopped_at is None else clock.get_seconds(max(stopped_at, started_at)),
        goes_on=started_at is not None and decided_at is None and not job.has_ended,
    )


def _ready_at(job: Job, jobs: Sequence[Job], clock: _Offsets) -> datetime:
    """A hold has no times of its own while it waits: it began when what it depends on was done."""
    stops = [other.stopped_at for other in jobs if other.id in job.dependencies and other.stopped_at]
    return max([clock.began_at, *stops])


def _released_at(hold: Job, jobs: Sequence[Job]) -> datetime | None:
    """When a hold let go, if CircleCI does not say: when the first job started that had waited for it."""
    return min((job.started_at for job in jobs if hold.id in job.dependencies and job.started_at), default=None)


def _find_critical_chain(jobs: Mapping[str, Job], bars: Mapping[str, Bar]) -> set[str]:
    """From the job that stopped last, back over the dependency that each had waited for longest."""
    chain: set[str] = set()
    at = max(bars, key=lambda job_id: bars[job_id].stopped_s or 0.0, default=None)
    while at is not None and at not in chain:
        chain.add(at)
        before = [job_id for job_id in jobs[at].dependencies if job_id in bars]
        at = max(before, key=lambda job_id: bars[job_id].stopped_s or 0.0, default=None)
    return chain


def _set_critical(bar: Bar, critical: bool) -> Bar:
    return replace(bar, critical=critical)


def _by_start(bar: Bar) -> tuple[float, float]:
    return bar.started_s or 0.0, bar.stopped_s or 0.0
