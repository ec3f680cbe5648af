"""The simulator's entities: pipelines, workflows, jobs.

Statuses are CircleCI's own words (CircleCI docs: workflow and job states).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.circleci import config_yaml
from sandbox.circleci.fake_projects import FakeCommit, FakeDefinition, FakeProject
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.circleci.plans import JobPlan, Story, WorkflowPlan

JOB_FAILURES = frozenset({"failed", "infrastructure_fail", "timedout"})
JOB_ENDS = JOB_FAILURES | {"success", "canceled", "unauthorized", "not_run"}
WORKFLOW_ENDS = frozenset({"success", "failed", "error", "canceled", "unauthorized"})


@dataclass(eq=False)
class FakeJob:
    """One job of one workflow. `number` is absent until it is dispatched, and for approval jobs always.

    `attempt` counts its earlier runs in this pipeline; `outcome` is what this run comes to, None when it never ends.
    """

    id: str
    plan: JobPlan
    project: FakeProject
    created_at: datetime
    attempt: int = 0
    status: str = "blocked"
    number: int | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    dependencies: list[str] = field(default_factory=list)
    approval_request_id: str | None = None
    approved_by: FakeCircleciUser | None = None
    canceled_by: FakeCircleciUser | None = None
    with_ssh: bool = False
    is_reused: bool = False

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def outcome(self) -> str | None:
        return self.plan.outcomes[min(self.attempt, len(self.plan.outcomes) - 1)]

    @property
    def is_hold(self) -> bool:
        return self.plan.type == "approval"

    @property
    def has_ended(self) -> bool:
        return self.status in JOB_ENDS

    def get_node_status(self, index: int, status: str) -> str:
        """This status of the whole as it is on one parallel run: a failure may be that of some nodes alone."""
        nodes = self.plan.failing_nodes
        return "success" if status in JOB_FAILURES and nodes and index not in nodes else status


@dataclass(eq=False)
class FakeWorkflow:
    """A run of a plan; a rerun is another one in the same pipeline."""

    id: str
    plan: WorkflowPlan
    pipeline: FakePipeline
    created_at: datetime
    started_by: FakeCircleciUser
    status: str = "running"
    stopped_at: datetime | None = None
    canceled_by: FakeCircleciUser | None = None
    auto_rerun_number: int = 0
    jobs: list[FakeJob] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def has_ended(self) -> bool:
        return self.status in WORKFLOW_ENDS


@dataclass(eq=False)
class FakePipeline:
    """A triggered pipeline. `branch` and `tag` exclude each other."""

    id: str
    number: int
    project: FakeProject
    story: Story
    commit: FakeCommit
    created_at: datetime
    updated_at: datetime
    trigger_type: str
    actor: FakeCircleciUser
    parameters: dict[str, Any]
    definition: FakeDefinition
    branch: str | None = None
    tag: str | None = None
    schedule_id: str = ""
    state: str = "pending"
    workflows: list[FakeWorkflow] = field(default_factory=list)

    def list_newest_first(self) -> list[FakeWorkflow]:
        """Runs by when they were created; those that were created together stay in the order of the config."""
        return sorted(self.workflows, key=lambda run: run.created_at, reverse=True)

    @property
    def config_source(self) -> str:
        made = config_yaml.build_source(self.definition.parameters, self.story)
        return config_yaml.find_committed_source(self.commit, self.definition) or self.story.source or made

    @property
    def errors(self) -> tuple[dict[str, str], ...]:
        return self.story.errors if self.state == "errored" else ()
