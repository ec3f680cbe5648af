"""A pipeline's life cycle: it is compiled, gets workflows, their jobs run in the order of their dependencies, it ends.

The order of things is CircleCI's (CircleCI docs: workflows). A fresh pipeline has no workflows; a
setup workflow comes before the real ones; a workflow with a failed job is `failing` until the others have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sandbox.circleci.archive import PipelineArchive
from sandbox.circleci.entities import JOB_FAILURES, FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.circleci.id_generator import IdGenerator
from sandbox.circleci.plans import WorkflowPlan
from sandbox.circleci.simulation_engine import SimulationEngine

PENDING_S = 1.0
WORKFLOWS_APPEAR_S = 0.5
QUEUED_S = 0.5
CANCEL_S = 1.0
AUTO_RERUN_S = 1.0

Completed = Callable[[FakeWorkflow, FakeJob | None], None]
"""Called for each job that ended; with None as the job, for each workflow that ended."""

JobMoved = Callable[[FakeWorkflow, FakeJob], None]
"""Called for each job that began to run or ended."""


class PipelineFlow:
    """Runs pipelines on the engine's clock; `changed` is called after each step."""

    def __init__(
        self,
        *,
        engine: SimulationEngine,
        id_generator: IdGenerator,
        archive: PipelineArchive,
        completed: Completed,
        moved: JobMoved,
        changed: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._id_generator = id_generator
        self._archive = archive
        self._completed = completed
        self._moved = moved
        self._changed = changed

    def begin(self, pipeline: FakePipeline) -> None:
        """Start a pipeline that was just triggered."""
        self._archive.add(pipeline)
        self._move(pipeline, "setup-pending" if pipeline.story.setup else "pending")
        self._engine.schedule_after(PENDING_S, partial(self._compile, pipeline))

    def rerun(
        self, workflow: FakeWorkflow, again: set[str], by: FakeCircleciUser, *, with_ssh: bool = False
    ) -> FakeWorkflow:
        """Run the named jobs again in a new workflow of the same pipeline; the others are kept as they ended."""
        new = self._new_workflow(workflow.pipeline, workflow.plan, by)
        for kept in workflow.jobs:
            job = self._repeat_job(new, kept, with_ssh=with_ssh) if kept.name in again else self._reuse_job(kept)
            new.jobs.append(job)
        self._link_dependencies(new)
        self._archive.add_workflow(new)
        self._step(new)
        return new

    def approve(self, workflow: FakeWorkflow, hold: FakeJob, by: FakeCircleciUser) -> None:
        hold.approved_by = by
        self._end_job(workflow, hold, "success")

    def cancel_workflow(self, workflow: FakeWorkflow, by: FakeCircleciUser) -> None:
        """The cancel happens a moment later, and not at all when the workflow has ended by then."""
        self._engine.schedule_after(CANCEL_S, partial(self._cancel_now, workflow, by))

    def cancel_job(self, workflow: FakeWorkflow, job: FakeJob, by: FakeCircleciUser) -> None:
        """Likewise asynchronous."""
        self._engine.schedule_after(CANCEL_S, partial(self._cancel_job_now, workflow, job, by))

    def _compile(self, pipeline: FakePipeline) -> None:
        if pipeline.story.setup and pipeline.state == "setup-pending":
            self._move(pipeline, "setup")
            self._engine.schedule_after(WORKFLOWS_APPEAR_S, partial(self._open, pipeline, (pipeline.story.setup,)))
        elif pipeline.story.errors:
            self._move(pipeline, "errored")
        else:
            self._move(pipeline, "created")
            self._engine.schedule_after(WORKFLOWS_APPEAR_S, partial(self._open, pipeline, pipeline.story.workflows))

    def _move(self, pipeline: FakePipeline, state: str) -> None:
        """`updated_at` follows the pipeline's own state only, never its workflows."""
        pipeline.state = state
        pipeline.updated_at = self._engine.now()
        self._changed()

    def _open(self, pipeline: FakePipeline, plans: tuple[WorkflowPlan, ...]) -> None:
        for plan in plans:
            workflow = self._new_workflow(pipeline, plan, pipeline.actor)
            workflow.jobs = [self._new_job(workflow, job.name) for job in plan.jobs]
            self._link_dependencies(workflow)
            self._archive.add_workflow(workflow)
            self._step(workflow)

    def _new_workflow(self, pipeline: FakePipeline, plan: WorkflowPlan, by: FakeCircleciUser) -> FakeWorkflow:
        return FakeWorkflow(self._id_generator.generate_id(), plan, pipeline, self._engine.now(), by)

    def _new_job(self, workflow: FakeWorkflow, name: str) -> FakeJob:
        plan = next(job for job in workflow.plan.jobs if job.name == name)
        earlier = (job for run in workflow.pipeline.workflows if run.name == workflow.name for job in run.jobs)
        attempt = sum(job.name == name and job.started_at is not None and not job.is_reused for job in earlier)
        return FakeJob(self._id_generator.generate_id(), plan, workflow.pipeline.project, self._engine.now(), attempt)

    def _repeat_job(self, workflow: FakeWorkflow, job: FakeJob, *, with_ssh: bool) -> FakeJob:
        again = self._new_job(workflow, job.name)
        again.with_ssh = with_ssh and not job.is_hold
        return again

    def _reuse_job(self, job: FakeJob) -> FakeJob:
        return replace(job, id=self._id_generator.generate_id(), is_reused=True, dependencies=[])

    def _link_dependencies(self, workflow: FakeWorkflow) -> None:
        ids = {job.name: job.id for job in workflow.jobs}
        for job in workflow.jobs:
            job.dependencies = [ids[name] for name in job.plan.requires if name in ids]

    def _step(self, workflow: FakeWorkflow) -> None:
        """After a job changed: start the jobs that may start, then compute the workflow's status."""
        finished = {job.id for job in workflow.jobs if job.status == "success" or job.is_reused}
        for job in workflow.jobs:
            if job.status == "blocked" and finished.issuperset(job.dependencies):
                self._unblock(workflow, job)
        self._update_status(workflow)
        self._changed()

    def _unblock(self, workflow: FakeWorkflow, job: FakeJob) -> None:
        if job.is_hold:
            job.status = "on_hold"
            job.started_at = self._engine.now()
            job.approval_request_id = self._id_generator.generate_id()
            return
        job.status = "queued"
        job.queued_at = self._engine.now()
        job.number = job.project.take_job_number() if job.plan.type == "build" else None
        self._engine.schedule_after(QUEUED_S, partial(self._start_job, workflow, job))

    def _start_job(self, workflow: FakeWorkflow, job: FakeJob) -> None:
        if job.status != "queued":
            return
        job.started_at = self._engine.now()
        if job.outcome == "unauthorized":
            self._end_job(workflow, job, "unauthorized")
            return
        job.status = "running"
        self._moved(workflow, job)
        if job.outcome is not None:
            self._engine.schedule_after(job.plan.duration_s, partial(self._finish_job, workflow, job, job.outcome))
        self._step(workflow)

    def _finish_job(self, workflow: FakeWorkflow, job: FakeJob, outcome: str) -> None:
        if not job.has_ended:
            self._end_job(workflow, job, outcome)

    def _end_job(self, workflow: FakeWorkflow, job: FakeJob, status: str) -> None:
        job.status = status
        job.stopped_at = self._engine.now()
        self._moved(workflow, job)
        if not job.is_hold:
            self._completed(workflow, job)
        self._step(workflow)

    def _update_status(self, workflow: FakeWorkflow) -> None:
        if workflow.has_ended:
            return
        statuses = {job.status for job in workflow.jobs}
        is_busy = bool(statuses & {"queued", "running", "on_hold"})
        if is_busy and statuses & JOB_FAILURES:
            workflow.status = "failing"
        elif is_busy:
            workflow.status = "running" if statuses & {"queued", "running"} else "on_hold"
        else:
            self._end_workflow(workflow, _verdict(workflow, statuses))

    def _end_workflow(self, workflow: FakeWorkflow, status: str) -> None:
        for job in workflow.jobs:
            if job.status == "blocked":
                job.status = "not_run"
        workflow.status = status
        workflow.stopped_at = self._engine.now()
        self._completed(workflow, None)
        self._follow_up(workflow)

    def _follow_up(self, workflow: FakeWorkflow) -> None:
        """Start the real workflows after a setup workflow, or the automatic rerun of a failed one."""
        if workflow.plan.is_setup and workflow.status == "success":
            self._move(workflow.pipeline, "pending")
            self._engine.schedule_after(PENDING_S, partial(self._compile, workflow.pipeline))
        elif workflow.status == "failed" and workflow.auto_rerun_number < workflow.plan.max_auto_reruns:
            self._engine.schedule_after(AUTO_RERUN_S, partial(self._auto_rerun, workflow))

    def _auto_rerun(self, workflow: FakeWorkflow) -> None:
        again = {job.name for job in workflow.jobs if job.status != "success"}
        self.rerun(workflow, again, workflow.started_by).auto_rerun_number = workflow.auto_rerun_number + 1

    def _cancel_now(self, workflow: FakeWorkflow, by: FakeCircleciUser) -> None:
        if workflow.has_ended:
            return
        workflow.canceled_by = by
        for job in workflow.jobs:
            if not job.has_ended:
                self._mark_canceled(job, by)
                self._report_canceled(workflow, job)
        self._step(workflow)

    def _cancel_job_now(self, workflow: FakeWorkflow, job: FakeJob, by: FakeCircleciUser) -> None:
        if not job.has_ended:
            self._mark_canceled(job, by)
            self._report_canceled(workflow, job)
            self._step(workflow)

    def _mark_canceled(self, job: FakeJob, by: FakeCircleciUser) -> None:
        job.status = "canceled"
        job.stopped_at = self._engine.now()
        job.canceled_by = by

    def _report_canceled(self, workflow: FakeWorkflow, job: FakeJob) -> None:
        """Only a job that had been dispatched gets an event of its end."""
        self._moved(workflow, job)
        if job.number is not None:
            self._completed(workflow, job)


def _verdict(workflow: FakeWorkflow, statuses: set[str]) -> str:
    if workflow.canceled_by:
        return "canceled"
    if "unauthorized" in statuses:
        return "unauthorized"
    if statuses & JOB_FAILURES:
        return "failed"
    return "canceled" if "canceled" in statuses else "success"
