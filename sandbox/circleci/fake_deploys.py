"""Deploys: components, environments and what jobs told of each attempt (CircleCI docs: deploy markers, rollback).

Missing components and environments are made by the first mark that names them. The word VALIDATING is ours: how a
release is called while it is validated is published nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sandbox.circleci.entities import FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeProject, Org
from sandbox.circleci.fake_users import FakeCircleciUser, build_fixed_id
from sandbox.circleci.id_generator import IdGenerator
from sandbox.circleci.plans import DeployMark
from sandbox.circleci.simulation_engine import SimulationEngine

PLANNED_S = 0.5
ENDS = frozenset({"SUCCESS", "FAILED", "CANCELED"})
_BY_JOB = {"success": "SUCCESS", "canceled": "CANCELED"}
UNHEALTHY = "Validation failed: the error rate of production rose above 5%"

RollBack = Callable[["FakeDeployment", FakeCircleciUser], None]
"""Starts the rollback of a release that failed its validation."""


@dataclass(frozen=True)
class FakeComponent:
    id: str
    project: FakeProject
    name: str
    created_at: datetime


@dataclass(frozen=True)
class FakeEnvironment:
    id: str
    org: Org
    name: str
    created_at: datetime


@dataclass(eq=False)
class FakeDeployment:
    """One attempt to bring a version somewhere."""

    id: str
    component: FakeComponent
    environment: FakeEnvironment
    version: str
    mark: DeployMark
    workflow: FakeWorkflow
    job: FakeJob
    created_at: datetime
    status: str = "PENDING"
    failure_reason: str = ""
    ended_at: datetime | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it goes: what it replaces was at the same place."""
        return self.component.id, self.environment.id, self.mark.namespace


class FakeDeploys:
    """All that jobs told, oldest first."""

    def __init__(self, *, engine: SimulationEngine, id_generator: IdGenerator, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._id_generator = id_generator
        self._changed = changed
        self.roll_back: RollBack = lambda _failed, _by: None
        self.clear()

    def clear(self) -> None:
        self.components: dict[tuple[str, str], FakeComponent] = {}
        self.environments: dict[tuple[str, str], FakeEnvironment] = {}
        self.deployments: list[FakeDeployment] = []
        self.rollbacks: dict[tuple[str, str, str], FakePipeline] = {}

    def hear(self, workflow: FakeWorkflow, job: FakeJob) -> None:
        """A job began or ended: what it tells of a deploy."""
        if job.plan.validates:
            self._validate(workflow, job)
        elif mark := job.plan.deploys:
            if job.status == "running" and not mark.logs:
                deployment = self._add(workflow, job, mark)
                self._engine.schedule_after(PLANNED_S, partial(self._begin, deployment))
            elif job.has_ended and mark.logs and job.status == "success":
                self._end(self._add(workflow, job, mark), "SUCCESS")
            elif job.has_ended:
                self._end_of_job(job, mark)

    def remember(self, workflow: FakeWorkflow, job: FakeJob, environment: str) -> None:
        """What this job told before all that is known; its ids take none of those made in turn."""
        project, pipeline = workflow.pipeline.project, workflow.pipeline
        ended_at = job.stopped_at or job.created_at
        component = self.components.setdefault(
            (project.id, project.name),
            FakeComponent(build_fixed_id(f"component/{project.name}"), project, project.name, ended_at),
        )
        made = FakeEnvironment(
            build_fixed_id(f"environment/{project.org.id}/{environment}"), project.org, environment, ended_at
        )
        older = FakeDeployment(
            id=build_fixed_id(f"deployment/{project.name}/{environment}/{pipeline.number}"),
            component=component,
            environment=self.environments.setdefault((project.org.id, environment), made),
            version=f"1.0.{pipeline.number}",
            mark=DeployMark(environment),
            workflow=workflow,
            job=job,
            created_at=job.started_at or ended_at,
            status="SUCCESS",
            ended_at=ended_at,
        )
        self.deployments.insert(0, older)

    def list_at(self, place: tuple[str, str, str]) -> list[FakeDeployment]:
        return [one for one in self.deployments if one.place == place]

    def find_live(self, place: tuple[str, str, str]) -> FakeDeployment | None:
        """What runs there: the last that succeeded, or that is validated now."""
        ran = [one for one in self.list_at(place) if one.status in {"SUCCESS", "VALIDATING"}]
        return max(ran, key=lambda one: one.ended_at or one.created_at, default=None)

    def list_of(self, project: FakeProject) -> list[FakeDeployment]:
        """Newest first."""
        return [one for one in reversed(self.deployments) if one.component.project is project]

    def is_rolling_back(self, place: tuple[str, str, str]) -> bool:
        pipeline = self.rollbacks.get(place)
        return pipeline is not None and not (pipeline.workflows and all(run.has_ended for run in pipeline.workflows))

    def _add(self, workflow: FakeWorkflow, job: FakeJob, mark: DeployMark) -> FakeDeployment:
        project, pipeline, now = workflow.pipeline.project, workflow.pipeline, self._engine.now()
        name = mark.component or project.name
        component = self.components.setdefault(
            (project.id, name), FakeComponent(self._id_generator.generate_id(), project, name, now)
        )
        environment = self.environments.setdefault(
            (project.org.id, mark.environment),
            FakeEnvironment(self._id_generator.generate_id(), project.org, mark.environment, now),
        )
        deployment = FakeDeployment(
            id=self._id_generator.generate_id(),
            component=component,
            environment=environment,
            version=mark.version or pipeline.tag or f"1.0.{pipeline.number}",
            mark=mark,
            workflow=workflow,
            job=job,
            created_at=now,
        )
        self.deployments.append(deployment)
        return deployment

    def _begin(self, deployment: FakeDeployment) -> None:
        if deployment.status == "PENDING":
            deployment.status = "RUNNING"
            self._changed()

    def _end_of_job(self, job: FakeJob, mark: DeployMark) -> None:
        deployment = next((one for one in self.deployments if one.job is job), None)
        if deployment is None or (job.status == "success" and mark.is_validated):
            return
        self._end(deployment, _BY_JOB.get(job.status, "FAILED"), "" if job.status in _BY_JOB else f"{job.name} failed")

    def _validate(self, workflow: FakeWorkflow, job: FakeJob) -> None:
        ours = (one for one in reversed(self.deployments) if one.workflow is workflow)
        deployment = next((one for one in ours if one.mark.plan == job.plan.validates), None)
        if deployment is None or deployment.status in ENDS:
            return
        if job.status == "running":
            deployment.status = "VALIDATING"
        elif job.status == "success":
            self._end(deployment, "SUCCESS")
        elif job.has_ended:
            self._end(deployment, "FAILED", UNHEALTHY)
            self.roll_back(deployment, workflow.started_by)

    def _end(self, deployment: FakeDeployment, status: str, reason: str = "") -> None:
        if deployment.status not in ENDS:
            deployment.status, deployment.failure_reason = status, reason
            deployment.ended_at = self._engine.now()
            self._changed()
