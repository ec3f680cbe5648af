"""Rerun, cancel and approve, by API or on the web, with the checks that CircleCI makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakeJob, FakeWorkflow
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.circleci.pipeline_flow import PipelineFlow
from sandbox.circleci.simulation_engine import SimulationEngine

MAX_RERUNS = 100
RERUN_WINDOW = timedelta(days=90)
APPROVABLE_FOR = timedelta(days=90)


@dataclass(frozen=True)
class RerunSelection:
    """Which jobs to run again; with neither `from_failed` nor `jobs` (job ids) all of them."""

    from_failed: bool = False
    jobs: tuple[str, ...] = ()
    with_ssh: bool = False


class WorkflowActions:
    """Each raises FakeCircleciError when CircleCI would refuse it."""

    def __init__(self, engine: SimulationEngine, flow: PipelineFlow) -> None:
        self._engine = engine
        self._flow = flow

    def rerun(self, workflow: FakeWorkflow, selection: RerunSelection, by: FakeCircleciUser) -> FakeWorkflow:
        if not workflow.has_ended:
            raise ApiRule.RUNNING.to_error()
        if selection.from_failed and workflow.status != "failed":
            raise ApiRule.PASSED.to_error()
        self._check_limits(workflow)
        return self._flow.rerun(workflow, _jobs_to_run(workflow, selection), by, with_ssh=selection.with_ssh)

    def cancel(self, workflow: FakeWorkflow, by: FakeCircleciUser) -> None:
        if workflow.has_ended:
            raise ApiRule.ENDED.to_error(noun="workflow")
        self._flow.cancel_workflow(workflow, by)

    def cancel_job(self, workflow: FakeWorkflow, job: FakeJob, by: FakeCircleciUser) -> None:
        if job.has_ended:
            raise ApiRule.ENDED.to_error(noun="job")
        self._flow.cancel_job(workflow, job, by)

    def approve(self, workflow: FakeWorkflow, approval_request_id: str, by: FakeCircleciUser) -> FakeJob:
        hold = next((job for job in workflow.jobs if job.approval_request_id == approval_request_id), None)
        if hold is None:
            raise ApiRule.NO_HOLD.to_error()
        if hold.status == "success":
            raise ApiRule.APPROVED.to_error()
        if hold.has_ended:
            raise ApiRule.DECLINED.to_error()
        if hold.started_at and self._engine.now() - hold.started_at > APPROVABLE_FOR:
            raise ApiRule.TOO_LATE.to_error()
        self._flow.approve(workflow, hold, by)
        return hold

    def _check_limits(self, workflow: FakeWorkflow) -> None:
        reruns = sum(run.name == workflow.name for run in workflow.pipeline.workflows) - 1
        if reruns >= MAX_RERUNS:
            raise ApiRule.OFTEN.to_error()
        if self._engine.now() - workflow.created_at >= RERUN_WINDOW:
            raise ApiRule.OLD.to_error()


def _jobs_to_run(workflow: FakeWorkflow, selection: RerunSelection) -> set[str]:
    if selection.jobs:
        return _chosen_and_dependent(workflow, selection.jobs)
    return {job.name for job in workflow.jobs if not (selection.from_failed and job.status == "success")}


def _chosen_and_dependent(workflow: FakeWorkflow, job_ids: tuple[str, ...]) -> set[str]:
    """The names of the chosen jobs and of all that depend on them."""
    chosen = {job.name for job in workflow.jobs if job.id in job_ids}
    if len(chosen) < len(set(job_ids)):
        raise ApiRule.JOBS.to_error()
    for job in workflow.jobs:
        if chosen.intersection(job.plan.requires):
            chosen.add(job.name)
    return chosen
