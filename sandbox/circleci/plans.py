"""What a story is made of: workflows, their jobs, and what a job tells of a deploy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class DeployMark:
    """Planned and moved on in one job (CircleCI docs: deploy markers); where it `logs`, said once, at the job's end.

    Without a `component` it is that of the project's name, without a `version` that of the pipeline. `plan` is its name
    in the workflow: the job of type release that validates it decides how it ends.
    """

    environment: str
    component: str = ""
    version: str = ""
    namespace: str = "default"
    plan: str = "default"
    is_rollback: bool = False
    logs: bool = False
    is_validated: bool = False


@dataclass(frozen=True)
class FailingTest:
    """`index` is its place among the job's tests."""

    index: int
    name: str
    classname: str
    file: str
    message: str


@dataclass(frozen=True)
class JobPlan:
    """`outcomes` has one entry per attempt in a pipeline, the last one repeats; None runs until it is cancelled.

    A failure happens on the `failing_nodes` alone (on all when empty), with this `exit_code`, after printing `ending`;
    `messages` is what CircleCI itself says of it then; that it `runs_out_of_memory` only API v3 tells. `deploys` is
    what it tells of a deploy; one of type `release` `validates` the plan of this name.
    """

    name: str
    duration_s: float = 0.0
    requires: tuple[str, ...] = ()
    outcomes: tuple[str | None, ...] = ("success",)
    type: Literal["build", "approval", "release"] = "build"
    parallelism: int = 1
    step: str = "Run build"
    command: str = "make build"
    stores_tests: bool = False
    failing_tests: tuple[FailingTest, ...] = ()
    artifacts: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    failing_nodes: tuple[int, ...] = ()
    exit_code: int = 1
    ending: str = ""
    messages: tuple[str, ...] = ()
    runs_out_of_memory: bool = False
    deploys: DeployMark | None = None
    validates: str = ""


@dataclass(frozen=True)
class WorkflowPlan:
    name: str
    jobs: tuple[JobPlan, ...]
    max_auto_reruns: int = 0
    is_setup: bool = False


@dataclass(frozen=True)
class Story:
    """`errors` means that no workflow ever starts; `setup` comes before the workflows and decides about them.

    With both, the setup passes and what it made is refused. What it made declares `continued_parameters` too.
    `source` is the YAML of such a branch, where it is none that could be made of its workflows.
    """

    workflows: tuple[WorkflowPlan, ...] = ()
    setup: WorkflowPlan | None = None
    errors: tuple[dict[str, str], ...] = ()
    continued_parameters: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
