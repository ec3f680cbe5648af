"""What people do to workflows, by API or on the web, and why CircleCI may refuse it.

CircleCI documents that these calls can fail with 400 and a message, not the message; the sentences are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from bot.sandbox.circleci.engine import Engine
from bot.sandbox.circleci.flow import Flow
from bot.sandbox.circleci.nouns import Job, Workflow
from bot.sandbox.circleci.people import Person
from bot.sandbox.circleci.refusal import Refused

MAX_RERUNS = 100
RERUN_WINDOW = timedelta(days=90)


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
            raise _bad_request("The workflow is still running; it can be rerun once it has ended")
        if wish.from_failed and workflow.status != "failed":
            raise _bad_request("Only a failed workflow can be rerun from failed")
        self._check_limits(workflow)
        return self._flow.rerun(workflow, _jobs_to_run(workflow, wish), by, with_ssh=wish.with_ssh)

    def cancel(self, workflow: Workflow, by: Person) -> None:
        if workflow.has_ended:
            raise _bad_request("The workflow has already ended and cannot be canceled")
        self._flow.cancel_workflow(workflow, by)

    def cancel_job(self, workflow: Workflow, job: Job, by: Person) -> None:
        if job.has_ended:
            raise _bad_request("The job has already ended and cannot be canceled")
        self._flow.cancel_job(workflow, job, by)

    def approve(self, workflow: Workflow, approval_request_id: str, by: Person) -> Job:
        hold = next((job for job in workflow.jobs if job.approval_request_id == approval_request_id), None)
        if hold is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Approval request not found")
        if hold.status == "success":
            raise _bad_request("The job has already been approved")
        if hold.has_ended:
            raise _bad_request("The job has been canceled and cannot be approved")
        self._flow.approve(workflow, hold, by)
        return hold

    def _check_limits(self, workflow: Workflow) -> None:
        reruns = sum(run.name == workflow.name for run in workflow.pipeline.workflows) - 1
        if reruns >= MAX_RERUNS:
            raise _bad_request(f"A workflow can be rerun at most {MAX_RERUNS} times")
        if self._engine.now() - workflow.created_at >= RERUN_WINDOW:
            raise _bad_request("Workflows older than 90 days cannot be rerun")


def _jobs_to_run(workflow: Workflow, wish: Rerun) -> set[str]:
    if wish.jobs:
        return _chosen_and_dependent(workflow, wish.jobs)
    return {job.name for job in workflow.jobs if not (wish.from_failed and job.status == "success")}


def _chosen_and_dependent(workflow: Workflow, job_ids: tuple[str, ...]) -> set[str]:
    """The chosen jobs and whatever waits for them, by name."""
    chosen = {job.name for job in workflow.jobs if job.id in job_ids}
    if len(chosen) < len(set(job_ids)):
        raise _bad_request("Some of the jobs do not belong to this workflow")
    for job in workflow.jobs:
        if chosen.intersection(job.plan.requires):
            chosen.add(job.name)
    return chosen


def _bad_request(message: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, message)
