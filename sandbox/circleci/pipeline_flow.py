"""How a pipeline lives: it is compiled, gets workflows, their jobs run as their dependencies allow, and it ends.

The order of things is CircleCI's (CircleCI docs: workflows). A fresh pipeline has no workflows; a
setup workflow comes before the real ones; a workflow with a failed job is `failing` until the others have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sandbox.circleci.archive import Archive
from sandbox.circleci.entities import JOB_FAILURES, Job, Pipeline, Workflow
from sandbox.circleci.fake_users import Person
from sandbox.circleci.id_generator import Mint
from sandbox.circleci.simulation_engine import Engine
from sandbox.circleci.stories import WorkflowPlan

PENDING_S = 1.0
WORKFLOWS_APPEAR_S = 0.5
QUEUED_S = 0.5
CANCEL_S = 1.0
AUTO_RERUN_S = 1.0

Completed = Callable[[Workflow, Job | None], None]
"""Told of each job, and with None of each workflow, that came to its end."""


class Flow:
    """Moves pipelines along on the engine's time; `changed` is called after each move."""

    def __init__(
        self, *, engine: Engine, mint: Mint, archive: Archive, completed: Completed, changed: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._mint = mint
        self._archive = archive
        self._completed = completed
        self._changed = changed

    def begin(self, pipeline: Pipeline) -> None:
        """Take up a pipeline that was just triggered."""
        self._archive.add(pipeline)
        self._move(pipeline, "setup-pending" if pipeline.story.setup else "pending")
        self._engine.after(PENDING_S, partial(self._compile, pipeline))

    def rerun(self, workflow: Workflow, again: set[str], by: Person, *, with_ssh: bool = False) -> Workflow:
        """Run the named jobs again in a new workflow of the same pipeline; the others are kept as they ended."""
        new = self._new_workflow(workflow.pipeline, workflow.plan, by)
        for kept in workflow.jobs:
            job = self._job_again(new, kept, with_ssh=with_ssh) if kept.name in again else self._job_kept(kept)
            new.jobs.append(job)
        self._link_dependencies(new)
        self._archive.add_workflow(new)
        self._step(new)
        return new

    def approve(self, workflow: Workflow, hold: Job, by: Person) -> None:
        hold.approved_by = by
        self._end_job(workflow, hold, "success")

    def cancel_workflow(self, workflow: Workflow, by: Person) -> None:
        """Asked now, done a moment later, and not at all when the workflow has ended by then."""
        self._engine.after(CANCEL_S, partial(self._cancel_now, workflow, by))

    def cancel_job(self, workflow: Workflow, job: Job, by: Person) -> None:
        """Likewise asynchronous."""
        self._engine.after(CANCEL_S, partial(self._cancel_job_now, workflow, job, by))

    def _compile(self, pipeline: Pipeline) -> None:
        if pipeline.story.setup and pipeline.state == "setup-pending":
            self._move(pipeline, "setup")
            self._engine.after(WORKFLOWS_APPEAR_S, partial(self._open, pipeline, (pipeline.story.setup,)))
        elif pipeline.story.errors:
            self._move(pipeline, "errored")
        else:
            self._move(pipeline, "created")
            self._engine.after(WORKFLOWS_APPEAR_S, partial(self._open, pipeline, pipeline.story.workflows))

    def _move(self, pipeline: Pipeline, state: str) -> None:
        """`updated_at` follows the pipeline's own state only, never its workflows."""
        pipeline.state = state
        pipeline.updated_at = self._engine.now()
        self._changed()

    def _open(self, pipeline: Pipeline, plans: tuple[WorkflowPlan, ...]) -> None:
        for plan in plans:
            workflow = self._new_workflow(pipeline, plan, pipeline.actor)
            workflow.jobs = [self._new_job(workflow, job.name) for job in plan.jobs]
            self._link_dependencies(workflow)
            self._archive.add_workflow(workflow)
            self._step(workflow)

    def _new_workflow(self, pipeline: Pipeline, plan: WorkflowPlan, by: Person) -> Workflow:
        return Workflow(self._mint.id(), plan, pipeline, self._engine.now(), by)

    def _new_job(self, workflow: Workflow, name: str) -> Job:
        plan = next(job for job in workflow.plan.jobs if job.name == name)
        earlier = (job for run in workflow.pipeline.workflows if run.name == workflow.name for job in run.jobs)
        attempt = sum(job.name == name and job.started_at is not None and not job.is_reused for job in earlier)
        return Job(self._mint.id(), plan, workflow.pipeline.project, self._engine.now(), attempt)

    def _job_again(self, workflow: Workflow, job: Job, *, with_ssh: bool) -> Job:
        again = self._new_job(workflow, job.name)
        again.with_ssh = with_ssh and not job.is_hold
        return again

    def _job_kept(self, job: Job) -> Job:
        return replace(job, id=self._mint.id(), is_reused=True, dependencies=[])

    def _link_dependencies(self, workflow: Workflow) -> None:
        ids = {job.name: job.id for job in workflow.jobs}
        for job in workflow.jobs:
            job.dependencies = [ids[name] for name in job.plan.requires if name in ids]

    def _step(self, workflow: Workflow) -> None:
        """After anything happened to a job: start what may start, then see what that makes of the workflow."""
        out_of_the_way = {job.id for job in workflow.jobs if job.status == "success" or job.is_reused}
        for job in workflow.jobs:
            if job.status == "blocked" and out_of_the_way.issuperset(job.dependencies):
                self._unblock(workflow, job)
        self._judge(workflow)
        self._changed()

    def _unblock(self, workflow: Workflow, job: Job) -> None:
        if job.is_hold:
            job.status = "on_hold"
            job.started_at = self._engine.now()
            job.approval_request_id = self._mint.id()
            return
        job.status = "queued"
        job.queued_at = self._engine.now()
        job.number = job.project.next_job_number()
        self._engine.after(QUEUED_S, partial(self._start_job, workflow, job))

    def _start_job(self, workflow: Workflow, job: Job) -> None:
        if job.status != "queued":
            return
        job.started_at = self._engine.now()
        if job.outcome == "unauthorized":
            self._end_job(workflow, job, "unauthorized")
            return
        job.status = "running"
        if job.outcome is not None:
            self._engine.after(job.plan.duration_s, partial(self._finish_job, workflow, job, job.outcome))
        self._step(workflow)

    def _finish_job(self, workflow: Workflow, job: Job, outcome: str) -> None:
        if not job.has_ended:
            self._end_job(workflow, job, outcome)

    def _end_job(self, workflow: Workflow, job: Job, status: str) -> None:
        job.status = status
        job.stopped_at = self._engine.now()
        if not job.is_hold:
            self._completed(workflow, job)
        self._step(workflow)

    def _judge(self, workflow: Workflow) -> None:
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

    def _end_workflow(self, workflow: Workflow, status: str) -> None:
        for job in workflow.jobs:
            if job.status == "blocked":
                job.status = "not_run"
        workflow.status = status
        workflow.stopped_at = self._engine.now()
        self._completed(workflow, None)
        self._follow_up(workflow)

    def _follow_up(self, workflow: Workflow) -> None:
        """A setup workflow makes room for the real ones; a failed one may be rerun by itself."""
        if workflow.plan.is_setup and workflow.status == "success":
            self._move(workflow.pipeline, "pending")
            self._engine.after(PENDING_S, partial(self._compile, workflow.pipeline))
        elif workflow.status == "failed" and workflow.auto_rerun_number < workflow.plan.max_auto_reruns:
            self._engine.after(AUTO_RERUN_S, partial(self._auto_rerun, workflow))

    def _auto_rerun(self, workflow: Workflow) -> None:
        again = {job.name for job in workflow.jobs if job.status != "success"}
        self.rerun(workflow, again, workflow.started_by).auto_rerun_number = workflow.auto_rerun_number + 1

    def _cancel_now(self, workflow: Workflow, by: Person) -> None:
        if workflow.has_ended:
            return
        workflow.canceled_by = by
        for job in workflow.jobs:
            if not job.has_ended:
                self._mark_canceled(job, by)
                self._report_canceled(workflow, job)
        self._step(workflow)

    def _cancel_job_now(self, workflow: Workflow, job: Job, by: Person) -> None:
        if not job.has_ended:
            self._mark_canceled(job, by)
            self._report_canceled(workflow, job)
            self._step(workflow)

    def _mark_canceled(self, job: Job, by: Person) -> None:
        job.status = "canceled"
        job.stopped_at = self._engine.now()
        job.canceled_by = by

    def _report_canceled(self, workflow: Workflow, job: Job) -> None:
        """Only a job that had been dispatched tells the world of its end."""
        if job.number is not None:
            self._completed(workflow, job)


def _verdict(workflow: Workflow, statuses: set[str]) -> str:
    if workflow.canceled_by:
        return "canceled"
    if "unauthorized" in statuses:
        return "unauthorized"
    if statuses & JOB_FAILURES:
        return "failed"
    return "canceled" if "canceled" in statuses else "success"
