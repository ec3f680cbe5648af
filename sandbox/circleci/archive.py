"""All pipelines since the start, with lookups for their workflows and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sandbox.circleci.entities import FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.fake_users import FakeCircleciUser


class PipelineArchive:
    """Pipelines by id, in the order they were made; what is found comes newest first, as CircleCI lists it."""

    def __init__(self) -> None:
        self._pipelines: dict[str, FakePipeline] = {}
        self._workflows: dict[str, FakeWorkflow] = {}

    def add(self, pipeline: FakePipeline) -> None:
        self._pipelines[pipeline.id] = pipeline

    def add_workflow(self, workflow: FakeWorkflow) -> None:
        self._workflows[workflow.id] = workflow
        workflow.pipeline.workflows.append(workflow)

    def clear(self) -> None:
        self._pipelines.clear()
        self._workflows.clear()

    def find_pipeline(self, pipeline_id: str) -> FakePipeline | None:
        return self._pipelines.get(pipeline_id)

    def find_workflow(self, workflow_id: str) -> FakeWorkflow | None:
        return self._workflows.get(workflow_id)

    def list_pipelines(
        self, project: FakeProject | None = None, branch: str | None = None, actor: FakeCircleciUser | None = None
    ) -> list[FakePipeline]:
        return [
            pipeline
            for pipeline in reversed(self._pipelines.values())
            if (project is None or pipeline.project is project)
            and (branch is None or pipeline.branch == branch)
            and (actor is None or pipeline.actor == actor)
        ]

    def find_pipeline_by_number(self, project: FakeProject, number: int) -> FakePipeline | None:
        return next((each for each in self.list_pipelines(project) if each.number == number), None)

    def find_job_by_number(self, project: FakeProject, number: int) -> tuple[FakeWorkflow, FakeJob] | None:
        """With the newest workflow that holds it: a rerun keeps the jobs that it does not run again."""
        return next(((run, job) for run, job in self._jobs() if job.project is project and job.number == number), None)

    def find_job_by_id(self, job_id: str) -> tuple[FakeWorkflow, FakeJob] | None:
        return next(((run, job) for run, job in self._jobs() if job.id == job_id), None)

    def _jobs(self) -> Iterator[tuple[FakeWorkflow, FakeJob]]:
        newest_first = reversed(self._workflows.values())
        return chain.from_iterable(((workflow, job) for job in workflow.jobs) for workflow in newest_first)
