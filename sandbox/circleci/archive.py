"""All pipelines that ever were, and how to find what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sandbox.circleci.entities import Job, Pipeline, Workflow
from sandbox.circleci.fake_projects import Project
from sandbox.circleci.fake_users import Person


class Archive:
    """Pipelines by id, in the order they were made; what is found comes newest first, as CircleCI lists it."""

    def __init__(self) -> None:
        self._pipelines: dict[str, Pipeline] = {}
        self._workflows: dict[str, Workflow] = {}

    def add(self, pipeline: Pipeline) -> None:
        self._pipelines[pipeline.id] = pipeline

    def add_workflow(self, workflow: Workflow) -> None:
        self._workflows[workflow.id] = workflow
        workflow.pipeline.workflows.append(workflow)

    def clear(self) -> None:
        self._pipelines.clear()
        self._workflows.clear()

    def pipeline(self, pipeline_id: str) -> Pipeline | None:
        return self._pipelines.get(pipeline_id)

    def workflow(self, workflow_id: str) -> Workflow | None:
        return self._workflows.get(workflow_id)

    def pipelines(
        self, project: Project | None = None, branch: str | None = None, actor: Person | None = None
    ) -> list[Pipeline]:
        return [
            pipeline
            for pipeline in reversed(self._pipelines.values())
            if (project is None or pipeline.project is project)
            and (branch is None or pipeline.branch == branch)
            and (actor is None or pipeline.actor == actor)
        ]

    def pipeline_by_number(self, project: Project, number: int) -> Pipeline | None:
        return next((each for each in self.pipelines(project) if each.number == number), None)

    def job_by_number(self, project: Project, number: int) -> tuple[Workflow, Job] | None:
        """With the newest workflow that holds it: a rerun keeps the jobs that it does not run again."""
        return next(((run, job) for run, job in self._jobs() if job.project is project and job.number == number), None)

    def job_by_id(self, job_id: str) -> tuple[Workflow, Job] | None:
        return next(((run, job) for run, job in self._jobs() if job.id == job_id), None)

    def _jobs(self) -> Iterator[tuple[Workflow, Job]]:
        newest_first = reversed(self._workflows.values())
        return chain.from_iterable(((workflow, job) for job in workflow.jobs) for workflow in newest_first)
