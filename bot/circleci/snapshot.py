"""One pipeline as it is now, and what that says as a whole. CircleCI itself gives a pipeline no outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.circleci.client import CircleCI
from bot.circleci.models import PENDING, Job, Pipeline, Workflow
from bot.domain import BAD
from bot.errors import NotFound, Rejected, UsageError

GRACE_S = 45.0
"""How long workflows may take to appear after CircleCI said `created`, and automatic reruns after a failure."""

_WORST_FIRST = ("failed", "error", "unauthorized", "canceled", "success", "not_run")
_BUSY = frozenset({"running", "queued", "not_running"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Run(BaseModel):
    """A workflow with its jobs; `jobs` is None where CircleCI has no details (or none were asked for: superseded)."""

    model_config = ConfigDict(frozen=True)

    workflow: Workflow
    jobs: tuple[Job, ...] | None = None

    @property
    def failed_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs or () if job.failed)

    @property
    def busy_s(self) -> float | None:
        """For how long its jobs ran, pauses for approvals left out; None until it has ended."""
        if self.workflow.stopped_at is None or self.jobs is None:
            return self.workflow.duration_s
        spans = [(job.started_at, job.stopped_at) for job in self.jobs if not job.is_approval]
        known = sorted((start_at, end_at) for start_at, end_at in spans if start_at and end_at)
        return _covered_s(known) if known else None

    @property
    def held_jobs(self) -> tuple[Job, ...]:
        """Jobs that wait for an approval; none once the workflow has ended."""
        return () if self.workflow.ended else tuple(job for job in self.jobs or () if job.held)

    @property
    def only_waits(self) -> bool:
        """Nothing of it moves before somebody approves something."""
        if self.jobs is None:
            return self.workflow.status == "on_hold"
        return bool(self.held_jobs) and not any(job.status in _BUSY for job in self.jobs)

    @property
    def may_wait(self) -> bool:
        """Somebody has to approve something of it yet."""
        return any(job.is_approval and not job.ended for job in self.jobs or ())

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of who started or canceled it, approved or declined its holds, each once."""
        holds = [job for job in self.jobs or () if job.is_approval]
        told = [self.workflow.started_by, self.workflow.canceled_by]
        told += [each for hold in holds for each in (hold.approved_by, hold.canceled_by)]
        return tuple(dict.fromkeys(filter(None, told)))


class Snapshot(BaseModel):
    """A pipeline with all its workflows, reruns included.

    `waiting` says that it was read when workflows could still appear, and none that counts was there yet.
    `project_name` is the readable name of a project whose slug is opaque (`circleci/…`), `names` are those of people
    who started, canceled or approved something, by id, as far as they could be had.
    """

    model_config = ConfigDict(frozen=True)

    pipeline: Pipeline
    workflows: tuple[Run, ...] = ()
    waiting: bool = False
    project_name: str | None = None
    names: dict[str, str] = Field(default_factory=dict)

    def newest(self) -> tuple[Run, ...]:
        """The newest workflow of each name, without setup workflows once there are others.

        They stand in the order in which their names first appeared, so that a rerun does not move them.
        """
        return _newest_per_name(self._counting() or self.workflows)

    @property
    def status(self) -> str:
        """One word for the whole, the worst of the newest workflows.

        pending, setup, running, on_hold, failing; or success, failed, error, canceled, unauthorized, not_run, errored
        (no workflow: the config), empty (created, and nothing ran). Words that CircleCI invents pass through.
        """
        if self.pipeline.state == "errored":
            return "errored"
        if not self._counting():
            return self._status_before_workflows()
        words = [run.workflow.status for run in self.newest()]
        active = [run.workflow.status for run in self.newest() if not run.workflow.ended]
        return _status_of_active(active, words) if active else _worst(words)

    def ended(self, now: datetime, grace_s: float = GRACE_S) -> bool:
        """True when nothing will change by itself any more; a person may still rerun it."""
        if self.pipeline.state == "errored":
            return True
        if self.waiting or self.pipeline.state in PENDING:
            return False
        if not all(run.workflow.ended for run in _newest_per_name(self.workflows)):
            return False
        due_at = [at + timedelta(seconds=grace_s) for at in self._may_go_on_since()]
        return all(now >= at for at in due_at)

    @property
    def held(self) -> tuple[tuple[Workflow, Job], ...]:
        """What waits for an approval, each with the workflow that it holds."""
        return tuple((run.workflow, job) for run in self.newest() for job in run.held_jobs)

    @property
    def only_waits(self) -> bool:
        """Nothing moves before somebody approves something."""
        active = [run for run in self.newest() if not run.workflow.ended]
        return bool(active) and all(run.only_waits for run in active)

    @property
    def failed_jobs(self) -> tuple[Job, ...]:
        """The failed jobs of the newest workflows (see Run.failed_jobs for those of one)."""
        return tuple(job for run in self.newest() for job in run.failed_jobs)

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of those who did something to the newest workflows or to their holds, each once."""
        return tuple(dict.fromkeys(each for run in self.newest() for each in run.people))

    @property
    def started_at(self) -> datetime | None:
        """When the first of the newest workflows began; before that, when the pipeline was made."""
        begun = [run.workflow.created_at for run in self.newest() if run.workflow.created_at]
        return min(begun, default=self.pipeline.created_at)

    @property
    def duration_s(self) -> float | None:
        """For how long the newest workflows ran, without the pauses between them; None until all have stopped.

        A rerun the day after does not make a pipeline take a day.
        """
        spans = [(run.workflow.created_at, run.workflow.stopped_at) for run in self.newest()]
        known = sorted((start_at, end_at) for start_at, end_at in spans if start_at and end_at)
        return _covered_s(known) if known and len(known) == len(spans) else None

    def _counting(self) -> tuple[Run, ...]:
        """The workflows that make the outcome: a setup workflow only makes way for others."""
        return tuple(run for run in self.workflows if not run.workflow.is_setup)

    def _status_before_workflows(self) -> str:
        """While there are none, or only setup workflows, the state of the pipeline counts too."""
        active = [run.workflow.status for run in self.newest() if not run.workflow.ended]
        amiss = [run.workflow.status for run in self.newest() if run.workflow.status != "success"]
        if active:
            return "failing" if BAD & set(amiss) else "on_hold" if "on_hold" in active else "setup"
        if amiss:
            return _worst(amiss)
        if not self.waiting and self.pipeline.state not in PENDING:
            return "empty"
        return "setup" if self.workflows or self.pipeline.state == "setup" else "pending"

    @property
    def has_begun(self) -> bool:
        """Its workflows are there, so that nothing changes any more in what CircleCI says of the pipeline itself."""
        return self.pipeline.state == "created" and bool(self._counting())

    def _may_go_on_since(self) -> Iterable[datetime]:
        """Since when something could still follow by itself: a first workflow, a continuation, an automatic rerun."""
        for run in self.newest():
            if run.workflow.may_rerun_itself:
                yield run.workflow.stopped_at or _LONG_AGO
        if not self._counting() and not self._setup_failed():
            yield max(filter(None, self._last_moves()), default=_LONG_AGO)

    def _setup_failed(self) -> bool:
        return any(run.workflow.status != "success" for run in self.newest())

    def _last_moves(self) -> Iterable[datetime | None]:
        yield self.pipeline.created_at
        yield self.pipeline.updated_at
        yield from (run.workflow.stopped_at for run in self.workflows)


def _newest_per_name(runs: Iterable[Run]) -> tuple[Run, ...]:
    """A setup workflow takes no other's place, be it called the same."""
    by_age = sorted(runs, key=lambda run: run.workflow.created_at or _LONG_AGO)
    return tuple({(run.workflow.is_setup, run.workflow.name): run for run in by_age}.values())


def _status_of_active(active: list[str], words: list[str]) -> str:
    if any(word in BAD for word in words):
        return "failing"
    if "on_hold" in active:
        return "on_hold"
    return active[0] if active[0] and not {"running", "queued"} & set(active) else "running"


def _worst(words: Iterable[str]) -> str:
    """The worst of terminal words; one that we do not know is worse than a cancel, better than a failure."""

    def rank(word: str) -> float:
        return _WORST_FIRST.index(word) if word in _WORST_FIRST else 2.5

    return min(words, key=rank)


def _covered_s(spans: list[tuple[datetime, datetime]]) -> float:
    """Seconds that sorted spans cover together, overlaps counted once."""
    covered_s, reached_at = 0.0, _LONG_AGO
    for start_at, end_at in spans:
        covered_s += max(0.0, (end_at - max(start_at, reached_at)).total_seconds())
        reached_at = max(reached_at, end_at)
    return covered_s


async def read(
    circleci: CircleCI, pipeline_id: str, before: Snapshot | None = None, *, closely: bool = True
) -> Snapshot:
    """The pipeline as it is now. Raises CircleCIError.

    Spends few requests: what changes no more since `before` is not read again, nor are the jobs of superseded
    workflows. Read `closely` or not, what ended or is on hold is seen at once; only the jobs of what still runs may
    stand as they stood before, where nobody is shown them.
    """
    pipeline, workflows = await asyncio.gather(
        _pipeline(circleci, pipeline_id, before), circleci.pipeline_workflows(pipeline_id)
    )
    runs, name = await asyncio.gather(
        _runs(circleci, pipeline, workflows, before, closely=closely), _name(circleci, pipeline, before)
    )
    snapshot = Snapshot(pipeline=pipeline, workflows=runs, project_name=name)
    still_to_come = snapshot.status == "empty" and not snapshot.ended(circleci.clock.now())
    names = await _names(circleci, snapshot.people, before)
    return snapshot.model_copy(update={"waiting": still_to_come, "names": names})


async def _names(circleci: CircleCI, people: Sequence[str], before: Snapshot | None) -> dict[str, str]:
    """Those known before are not asked for again, those that cannot be had are missing."""
    known = before.names if before else {}
    return {**known, **await circleci.names(each for each in people if each not in known)}


async def _pipeline(circleci: CircleCI, pipeline_id: str, before: Snapshot | None) -> Pipeline:
    return before.pipeline if before and before.has_begun else await circleci.pipeline(pipeline_id)


async def _runs(
    circleci: CircleCI,
    pipeline: Pipeline,
    workflows: Sequence[Workflow],
    before: Snapshot | None,
    *,
    closely: bool,
) -> tuple[Run, ...]:
    known = {run.workflow.id: run for run in before.workflows} if before else {}
    bare = Snapshot(pipeline=pipeline, workflows=tuple(Run(workflow=workflow) for workflow in workflows))
    shown = {run.workflow.id for run in bare.newest()}
    found = (
        _run(circleci, workflow, known.get(workflow.id), wanted=workflow.id in shown, closely=closely)
        for workflow in workflows
    )
    return tuple(await asyncio.gather(*found))


async def _run(circleci: CircleCI, workflow: Workflow, before: Run | None, *, wanted: bool, closely: bool) -> Run:
    known = before is not None and before.jobs is not None
    if not wanted or (known and before and _says_the_same(workflow, before, closely=closely)):
        return Run(workflow=workflow, jobs=before.jobs if before else None)
    jobs = await circleci.workflow_jobs(workflow.id)
    return Run(workflow=workflow, jobs=None if jobs is None else tuple(jobs))


def _says_the_same(now: Workflow, before: Run, *, closely: bool) -> bool:
    """It had ended so before; or it still runs, without a hold to come, and its jobs are shown to nobody."""
    if (now.status, now.stopped_at) != (before.workflow.status, before.workflow.stopped_at):
        return False
    return now.ended or (not closely and now.status == "running" and not before.may_wait)


async def _name(circleci: CircleCI, pipeline: Pipeline, before: Snapshot | None) -> str | None:
    if not pipeline.project_slug.startswith("circleci/"):
        return None
    if before and before.project_name:
        return before.project_name
    try:
        return (await circleci.project(pipeline.project)).full_name
    except (NotFound, Rejected, UsageError):
        return None
