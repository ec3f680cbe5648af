from __future__ import annotations

from pydantic import Field

from bot.circleci.models.model import Many, Model, When, Word, get_seconds_between
from bot.domain import BAD, JOB_ENDED


class Job(Model):
    """A job as its workflow lists it. Approval, blocked and not_run jobs have no `job_number`."""

    id: str
    name: Word = ""
    type: Word = "build"
    status: Word = ""
    job_number: int | None = None
    started_at: When = None
    stopped_at: When = None
    dependencies: Many[str] = ()
    project_slug: Word = ""
    approval_request_id: str | None = None
    approved_by: str | None = None
    canceled_by: str | None = None

    @property
    def is_approval(self) -> bool:
        return self.type == "approval"

    @property
    def is_held(self) -> bool:
        """It waits for somebody to approve it."""
        return self.is_approval and self.status == "on_hold"

    @property
    def has_failed(self) -> bool:
        return self.status in BAD

    @property
    def has_ended(self) -> bool:
        return self.status in JOB_ENDED

    @property
    def duration_s(self) -> float | None:
        return get_seconds_between(self.started_at, self.stopped_at)


class JobMessage(Model):
    type: Word = ""
    message: Word = ""
    reason: str | None = None


class JobDetail(Model):
    """A job by its number. `duration` is in milliseconds (insights count seconds)."""

    class NamedRef(Model):
        id: str | None = None
        slug: str | None = None
        name: Word = ""

    class Executor(Model):
        resource_class: Word = ""
        type: Word = ""

    class ParallelRun(Model):
        index: int = 0
        status: Word = ""

    number: int = 0
    name: Word = ""
    status: Word = ""
    duration: int | None = None
    created_at: When = None
    queued_at: When = None
    started_at: When = None
    stopped_at: When = None
    parallelism: int | None = None
    parallel_runs: Many[ParallelRun] = ()
    executor: Executor | None = None
    messages: Many[JobMessage] = ()
    contexts: Many[NamedRef] = ()
    pipeline: NamedRef | None = None
    latest_workflow: NamedRef | None = None
    project: NamedRef | None = None

    @property
    def duration_s(self) -> float | None:
        return None if self.duration is None else self.duration / 1000


TestKey = tuple[str, str]
"""What makes a test the same one in another run: its class and its name."""


class TestResult(Model):
    """A test that a job stored. `result` is success, failure, skipped or error; `run_time` is in seconds."""

    __test__ = False  # pytest, this is no test

    name: Word = ""
    classname: Word = ""
    file: Word = ""
    source: Word = ""
    result: Word = ""
    run_time: float | None = None
    message: Word = ""

    @property
    def has_failed(self) -> bool:
        return self.result in {"failure", "failed", "error"}

    @property
    def key(self) -> TestKey:
        return self.classname, self.name


class FlakyTest(Model):
    """A test that passed and failed on the same commit (insights)."""

    test_name: Word = ""
    classname: Word = ""
    file: Word = ""
    source: Word = ""
    job_name: Word = ""
    job_number: int | None = None
    times_flaked: int = 0
    time_wasted: float | None = None
    pipeline_number: int | None = None
    workflow_id: str | None = None
    workflow_name: Word = ""
    workflow_created_at: When = None


class Artifact(Model):
    path: Word = ""
    node_index: int = 0
    url: Word = ""


class StepAction(Model):
    """One container's run of a step (API v1.1). `output_url` is presigned: never stored, posted or logged."""

    name: Word = ""
    step: int = 0
    index: int = 0
    bash_command: str | None = None
    exit_code: int | None = None
    status: Word = ""
    failed: bool | None = None
    output_url: str | None = Field(default=None, repr=False)
    run_time_millis: int | None = None


class JobStep(Model):
    """A step of a job (API v1.1), with one action per container."""

    name: Word = ""
    actions: Many[StepAction] = ()
