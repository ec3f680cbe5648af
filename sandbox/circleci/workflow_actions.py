"""What people do to workflows, by API or on the web, and why CircleCI may refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sandbox.circleci.api_rules import Rule
from sandbox.circleci.entities import Job, Workflow
from sandbox.circleci.fake_users import Person
from sandbox.circleci.pipeline_flow import Flow
from sandbox.circleci.simulation_engine import Engine

MAX_RERUNS = 100
RERUN_WINDOW = timedelta(days=90)
APPROVABLE_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Rerun:
    """Which jobs to run again; with neither `from_failed` nor `jobs` (job ids) all of them."""

    from_failed: bool = False
    jobs: tuple[str, ...] = ()
    with_ssh: bool = False


class Acts:
    """Each raises Refused when CircleCI would refuse it."""

    def __init__(self, engine: Engine, flow: Flow) -> None:
        self._engine = engine
        self._flow = flow

    def rerun(self, workflow: Workflow, wish: Rerun, by: Person) -> Workflow:
        if not workflow.has_ended:
            raise Rule.RUNNING.refusal()
        if wish.from_failed and workflow.status != "failed":
            raise Rule.PASSED.refusal()
        self._check_limits(workflow)
        return self._flow.rerun(workflow, _jobs_to_run(workflow, wish), by, with_ssh=wish.with_ssh)

    def cancel(self, workflow: Workflow, by: Person) -> None:
        if workflow.has_ended:
            raise Rule.ENDED.refusal(noun="workflow")
        self._flow.cancel_workflow(workflow, by)

    def cancel_job(self, workflow: Workflow, job: Job, by: Person) -> None:
        if job.has_ended:
            raise Rule.ENDED.refusal(noun="job")
        self._flow.cancel_job(workflow, job, by)

    def approve(self, workflow: Workflow, approval_request_id: str, by: Person) -> Job:
        hold = next((job for job in workflow.jobs if job.approval_request_id == approval_request_id), None)
        if hold is None:
            raise Rule.NO_HOLD.refusal()
        if hold.status == "success":
            raise Rule.APPROVED.refusal()
        if hold.has_ended:
            raise Rule.DECLINED.refusal()
        if hold.started_at and self._engine.now() - hold.started_at > APPROVABLE_FOR:
            raise Rule.TOO_LATE.refusal()
        self._flow.approve(workflow, hold, by)
        return hold

    def _check_limits(self, workflow: Workflow) -> None:
        reruns = sum(run.name == workflow.name for run in workflow.pipeline.workflows) - 1
        if reruns >= MAX_RERUNS:
            raise Rule.OFTEN.refusal()
        if self._engine.now() - workflow.created_at >= RERUN_WINDOW:
            raise Rule.OLD.refusal()


def _jobs_to_run(workflow: Workflow, wish: Rerun) -> set[str]:
    if wish.jobs:
        return _chosen_and_dependent(workflow, wish.jobs)
    return {job.name for job in workflow.jobs if not (wish.from_failed and job.status == "success")}


def _chosen_and_dependent(workflow: Workflow, job_ids: tuple[str, ...]) -> set[str]:
    """The chosen jobs and whatever waits for them, by name."""
    chosen = {job.name for job in workflow.jobs if job.id in job_ids}
    if len(chosen) < len(set(job_ids)):
        raise Rule.JOBS.refusal()
    for job in workflow.jobs:
        if chosen.intersection(job.plan.requires):
            chosen.add(job.name)
    return chosen
