"""One pipeline as it is now, and what that says as a whole. CircleCI itself gives a pipeline no outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.circleci.deploys_ahead import DeployAhead, is_called_like_deploy
from bot.circleci.failure_kinds import Verdict
from bot.circleci.failure_summary import FailureSummary
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.models.model import sum_covered_s
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.pipeline_states import MOVING, REFUSED, get_active_status, get_worst_status

GRACE_S = 45.0
"""How long workflows may take to appear after CircleCI said `created`, and automatic reruns after a failure."""

_BUSY = frozenset({"running", "queued", "not_running"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class WorkflowRun(BaseModel):
    """A workflow with its jobs; `jobs` is None where CircleCI has no details (or none were asked for: superseded).

    `left_out` counts jobs that cannot be read.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    workflow: Workflow
    jobs: tuple[Job, ...] | None = None
    left_out: int = 0

    @property
    def failed_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs or () if job.has_failed)

    @property
    def busy_s(self) -> float | None:
        """For how long its jobs ran, pauses for approvals left out; None until it has ended."""
        if self.workflow.stopped_at is None or self.jobs is None:
            return self.workflow.duration_s
        spans = [(job.started_at, job.stopped_at) for job in self.jobs if not job.is_approval]
        return sum_covered_s(spans)

    @property
    def held_jobs(self) -> tuple[Job, ...]:
        """Jobs that wait for an approval; none once the workflow has ended."""
        return () if self.workflow.has_ended else tuple(job for job in self.jobs or () if job.is_held)

    @property
    def is_blocked_on_approval(self) -> bool:
        """Nothing of it moves before somebody approves something."""
        if self.jobs is None:
            return self.workflow.status == "on_hold"
        return bool(self.held_jobs) and not any(job.status in _BUSY for job in self.jobs)

    @property
    def has_pending_approvals(self) -> bool:
        """Somebody has to approve something of it yet."""
        return any(job.is_approval and not job.has_ended for job in self.jobs or ())

    def list_jobs_after(self, job: Job, *, let_through: bool = False) -> list[Job]:
        """The jobs that wait for this one, directly or through others; those that another hold keeps only as wanted.

        What is `let_through` runs without anybody deciding again.
        """
        closed = {one.id for one in self.jobs or () if let_through and one.is_approval and not one.has_ended}
        reached, after = {job.id}, list[Job]()
        for _ in self.jobs or ():
            open_ones = [one for one in self.jobs or () if one.id not in reached | closed]
            found = [one for one in open_ones if reached & set(one.dependencies)]
            reached |= {one.id for one in found}
            after += found
            if not found:
                break
        return after

    @property
    def actor_ids(self) -> tuple[str, ...]:
        """Ids of who started or canceled it, approved or declined its holds, each once."""
        holds = [job for job in self.jobs or () if job.is_approval]
        told = [self.workflow.started_by, self.workflow.canceled_by]
        told += [each for hold in holds for each in (hold.approved_by, hold.canceled_by)]
        return tuple(dict.fromkeys(filter(None, told)))


class Snapshot(BaseModel):
    """A pipeline with all its workflows, reruns included.

    `waiting` says that it was read when workflows could still appear, and none that counts was there yet.
    `project_name` is the readable name of a project whose slug is opaque (`circleci/…`), `names` are those of people
    who started, canceled or approved something, by id, as far as they could be had. `left_out` counts workflows that
    cannot be read. `verdicts` say of failed workflows, by id, whether a rerun is worth it, where that was found out;
    `failures` why their jobs failed. `parameters` are the values of those that somebody asked for, once they are known.
    `releases` are what its jobs deploy, where somebody wants to hear of that, and `ahead` what its holds let through.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    pipeline: Pipeline
    workflows: tuple[WorkflowRun, ...] = ()
    waiting: bool = False
    project_name: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    left_out: int = 0
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    failures: dict[str, tuple[FailureSummary, ...]] = Field(default_factory=dict)
    parameters: dict[str, str] | None = None
    releases: tuple[PipelineRelease, ...] = ()
    ahead: tuple[DeployAhead, ...] = ()

    @property
    def unread_count(self) -> int:
        """How much of what is there cannot be read: workflows, and jobs of the newest ones."""
        return self.left_out + sum(run.left_out for run in self.get_newest_runs())

    def get_run(self, workflow: Workflow) -> WorkflowRun:
        """The workflow with its jobs, as far as they were read."""
        known = (run for run in self.workflows if run.workflow.id == workflow.id)
        return next(known, WorkflowRun(workflow=workflow))

    def get_newest_runs(self) -> tuple[WorkflowRun, ...]:
        """The newest workflow of each name, without setup workflows once there are others.

        They are in the order in which their names first appeared, so that a rerun does not move them.
        """
        return _pick_newest_per_name(self._get_counting_runs() or self.workflows)

    @property
    def status(self) -> str:
        """One word for the whole, the worst of the newest workflows.

        pending, setup, running, on_hold, failing; or success, failed, error, canceled, unauthorized, not_run, errored
        (its config, or what its setup made of it), empty (created, and no workflow but a setup that passed), unreadable
        (there are workflows, but none that we can read). Words that CircleCI invents pass through.
        """
        words = [run.workflow.status for run in self.get_newest_runs()]
        active = [run.workflow.status for run in self.get_newest_runs() if not run.workflow.has_ended]
        if self._is_refused():
            return REFUSED
        if self._get_counting_runs():
            return get_active_status(active, words) if active else get_worst_status(words)
        if active:
            word = get_active_status(active, words)
            return word if word in {"failing", "on_hold"} else "setup"
        return get_worst_status(words) if self._setup_failed() else self._get_status_without_workflows()

    def has_ended(self, now: datetime, grace_s: float = GRACE_S) -> bool:
        """True when nothing will change until a person acts; a person may still rerun it."""
        if self._is_refused():
            return True
        if self.waiting or not all(run.workflow.has_ended for run in _pick_newest_per_name(self.workflows)):
            return False
        if self.pipeline.state in MOVING and not self._setup_failed():
            return False
        return all(now >= at + timedelta(seconds=grace_s) for at in self._list_continuation_times())

    @property
    def deploying_hold_ids(self) -> set[str]:
        """Of the holds that wait: those that are called like a deploy, or let through what is."""
        return {
            job.id
            for workflow, job in self.pending_holds
            for one in (job, *self.get_run(workflow).list_jobs_after(job, let_through=True))
            if is_called_like_deploy(one.name)
        }

    @property
    def pending_holds(self) -> tuple[tuple[Workflow, Job], ...]:
        """What waits for an approval, each with the workflow that it holds."""
        return tuple((run.workflow, job) for run in self.get_newest_runs() for job in run.held_jobs)

    @property
    def is_blocked_on_approval(self) -> bool:
        """Nothing moves before somebody approves something."""
        active = [run for run in self.get_newest_runs() if not run.workflow.has_ended]
        return bool(active) and all(run.is_blocked_on_approval for run in active)

    @property
    def failed_jobs(self) -> tuple[Job, ...]:
        """The failed jobs of the newest workflows (see Run.failed_jobs for those of one)."""
        return tuple(job for run in self.get_newest_runs() for job in run.failed_jobs)

    @property
    def actor_ids(self) -> tuple[str, ...]:
        """Ids of those who did something to the newest workflows or to their holds, each once."""
        return tuple(dict.fromkeys(each for run in self.get_newest_runs() for each in run.actor_ids))

    @property
    def started_at(self) -> datetime | None:
        """When the first of the newest workflows began; before that, when the pipeline was made."""
        begun = [run.workflow.created_at for run in self.get_newest_runs() if run.workflow.created_at]
        return min(begun, default=self.pipeline.created_at)

    @property
    def duration_s(self) -> float | None:
        """For how long the newest workflows ran, without the pauses between them; None until all have stopped.

        A rerun the day after does not make a pipeline take a day.
        """
        spans = [(run.workflow.created_at, run.workflow.stopped_at) for run in self.get_newest_runs()]
        return sum_covered_s(spans) if all(start_at and end_at for start_at, end_at in spans) else None

    def _get_counting_runs(self) -> tuple[WorkflowRun, ...]:
        """The workflows that make the outcome: a setup workflow only makes way for others."""
        return tuple(run for run in self.workflows if not run.workflow.is_setup)

    def _is_refused(self) -> bool:
        """Not while the setup runs again, nor when it failed itself: then it is no word on what it made."""
        return self.pipeline.state == REFUSED and all(run.workflow.status == "success" for run in self._get_setups())

    def _get_status_without_workflows(self) -> str:
        """There are none, or only a setup that passed: the state of the pipeline counts."""
        if not self.waiting and self.pipeline.state not in MOVING:
            return "unreadable" if self.left_out else "empty"
        return "setup" if self.workflows or self.pipeline.state == "setup" else "pending"

    @property
    def has_begun(self) -> bool:
        """Its workflows exist, so that CircleCI's answer about the pipeline itself no longer changes."""
        newest = max(self.workflows, key=_get_begun_at, default=None)
        return self.pipeline.state == "created" and newest is not None and not newest.workflow.is_setup

    def _list_continuation_times(self) -> Iterable[datetime]:
        """Since when something could follow automatically: a first workflow, a continuation, an automatic rerun."""
        for run in self.get_newest_runs():
            if run.workflow.can_rerun_itself:
                yield run.workflow.stopped_at or _LONG_AGO
        if not self._get_counting_runs() and not self._setup_failed():
            yield self.moved_at or _LONG_AGO

    def _get_setups(self) -> list[WorkflowRun]:
        return [run for run in _pick_newest_per_name(self.workflows) if run.workflow.is_setup]

    def _setup_failed(self) -> bool:
        return any(run.workflow.has_ended and run.workflow.status != "success" for run in self._get_setups())

    @property
    def moved_at(self) -> datetime | None:
        """When CircleCI last changed its state, or one of its workflows ended."""
        known = [self.pipeline.created_at, self.pipeline.updated_at]
        return max(filter(None, [*known, *(run.workflow.stopped_at for run in self.workflows)]), default=None)

    @property
    def setup_id(self) -> str | None:
        """Of the newest setup workflow: what it made is what CircleCI takes or refuses."""
        return next((run.workflow.id for run in reversed(self._get_setups())), None)


def _get_begun_at(run: WorkflowRun) -> datetime:
    return run.workflow.created_at or _LONG_AGO


def _pick_newest_per_name(runs: Iterable[WorkflowRun]) -> tuple[WorkflowRun, ...]:
    """A setup workflow takes no other's place, be it called the same."""
    return tuple({(run.workflow.is_setup, run.workflow.name): run for run in sorted(runs, key=_get_begun_at)}.values())
