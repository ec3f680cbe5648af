"""Projects and stories as somebody describes them in JSON: a world of one's own, with any names and configs.

Names are taken as they are, whatever they hold; only what CircleCI itself could not have is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.circleci.fake_projects import (
    DEFAULT_BRANCH,
    ORGS,
    USUAL_FILE,
    FakeCommit,
    FakeDefinition,
    FakeProject,
    Org,
)
from sandbox.circleci.fake_users import build_fixed_id
from sandbox.circleci.plans import DeployMark, JobPlan, Story, WorkflowPlan

Name = Annotated[str, Field(min_length=1, max_length=250)]
Outcome = Literal["success", "failed", "timedout", "infrastructure_fail", "unauthorized"]
Shape = TypeVar("Shape", bound=BaseModel)
_MOST = 100


class _StrictModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DescribedJob(_StrictModel):
    """`outcomes` has one entry per attempt, the last one repeats; null is a job that runs until it is cancelled.

    `deploys` names the environment to which it deploys, and says so by deploy markers: `component` is what, `version`
    which one of it, without them the project and its pipeline.
    """

    name: Name
    type: Literal["build", "approval"] = "build"
    requires: list[Name] = Field(default=[], max_length=_MOST)
    outcomes: list[Outcome | None] = Field(default=["success"], min_length=1, max_length=10)
    duration_s: float = Field(default=1, ge=0, le=86_400)
    deploys: Name | None = None
    component: Name = ""
    version: Name = ""

    def to_plan(self) -> JobPlan:
        mark = DeployMark(self.deploys, self.component, self.version) if self.deploys else None
        return JobPlan(self.name, self.duration_s, tuple(self.requires), tuple(self.outcomes), self.type, deploys=mark)


class DescribedWorkflow(_StrictModel):
    name: Name
    jobs: list[DescribedJob] = Field(min_length=1, max_length=_MOST)

    @model_validator(mode="after")
    def _check_jobs(self) -> Self:
        known: set[str] = set()
        for job in self.jobs:
            if job.name in known or not known.issuperset(job.requires):
                raise ValueError(
                    f"job {job.name} has the name of another, or requires one that does not stand before it"
                )
            known.add(job.name)
        return self

    def to_plan(self, *, is_setup: bool = False) -> WorkflowPlan:
        return WorkflowPlan(self.name, tuple(job.to_plan() for job in self.jobs), is_setup=is_setup)


class DescribedParameter(_StrictModel):
    """As a config declares it."""

    type: Literal["string", "boolean", "integer", "enum"]
    default: str | bool | int | None = None
    enum: list[str] | None = Field(default=None, max_length=_MOST)


DescribedParameters = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,127}$")], DescribedParameter]


class DescribedStory(_StrictModel):
    """With `errors` no workflow starts; `setup` comes first, what it makes declares `continued_parameters` too."""

    workflows: list[DescribedWorkflow] = Field(default=[], max_length=_MOST)
    setup: DescribedWorkflow | None = None
    errors: list[Annotated[str, Field(max_length=5_000)]] = Field(default=[], max_length=20)
    continued_parameters: DescribedParameters = Field(default={}, max_length=_MOST)

    @model_validator(mode="after")
    def _check_workflows(self) -> Self:
        _check_distinct("workflows", [each.name for each in self.workflows])
        return self

    def to_story(self) -> Story:
        return Story(
            tuple(each.to_plan() for each in self.workflows),
            self.setup.to_plan(is_setup=True) if self.setup else None,
            tuple({"type": "config", "message": message} for message in self.errors),
            _declarations(self.continued_parameters),
        )


class DescribedDefinition(_StrictModel):
    name: Name = "build"
    file_path: Name = USUAL_FILE
    parameters: DescribedParameters = Field(default={}, max_length=_MOST)

    def to_definition(self, of: str) -> FakeDefinition:
        definition_id = build_fixed_id(f"definition/{of}/{self.name}")
        return FakeDefinition(definition_id, self.name, "", _declarations(self.parameters), self.file_path)


class DescribedProject(_StrictModel):
    """`branches` and `tags` have the story of what lies on each; the first definition is what a push starts.

    `designated` names the definitions that `deploy` and `rollback`.
    """

    name: Name
    integration: Literal["github_oauth", "bitbucket_oauth", "github_app", "gitlab"] = "github_oauth"
    default_branch: Name = DEFAULT_BRANCH
    seen_by: list[str] = Field(default=["ada", "grace"], max_length=_MOST)
    definitions: list[DescribedDefinition] = Field(default=[DescribedDefinition()], min_length=1, max_length=20)
    designated: dict[Literal["deploy", "rollback"], Name] = {}
    branches: dict[Name, DescribedStory] = Field(max_length=_MOST)
    tags: dict[Name, DescribedStory] = Field(default={}, max_length=_MOST)

    @model_validator(mode="after")
    def _check_consistent(self) -> Self:
        if self.default_branch not in self.branches:
            raise ValueError(f"branches has no {self.default_branch}, the default branch of {self.name}")
        if self.integration.endswith("_oauth") and "/" in self.name:
            raise ValueError(f"{self.name} is no name of a repository")
        names = [each.name for each in self.definitions]
        _check_distinct("definitions", names)
        if unknown := set(self.designated.values()).difference(names):
            raise ValueError(f"{self.name} has no definition {min(unknown)}")
        return self

    @property
    def org(self) -> Org:
        return next(org for org in ORGS if org.integration == self.integration)

    def to_project(self, now: datetime) -> FakeProject:
        of = f"{self.org.slug}/{self.name}"
        definitions = {each.name: each.to_definition(of) for each in self.definitions}
        return FakeProject(
            org=self.org,
            key=build_fixed_id(f"project/{of}") if self.org.vcs == "circleci" else self.name,
            name=self.name,
            id=build_fixed_id(f"project/{of}"),
            seen_by=frozenset(self.seen_by),
            definitions=tuple(definitions.values()),
            designated={kind: definitions[name] for kind, name in self.designated.items()},
            heads=_commits(of, self.branches, now),
            tags=_commits(f"{of}/tags", self.tags, now),
            default_branch=self.default_branch,
        )


class DescribedWorld(_StrictModel):
    projects: list[DescribedProject] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _check_projects(self) -> Self:
        _check_distinct("projects", [f"{each.org.slug}/{each.name}" for each in self.projects])
        return self


def parse_projects(description: Mapping[str, Any], now: datetime) -> dict[str, FakeProject]:
    """The projects that a JSON object describes, by short slug. Raises ValueError with a sentence."""
    made = [each.to_project(now) for each in _validate(DescribedWorld, description).projects]
    return {project.slug: project for project in made}


def parse_story(description: Mapping[str, Any]) -> Story:
    """The story that a JSON object describes. Raises ValueError with a sentence."""
    return _validate(DescribedStory, description).to_story()


def _validate(shape: type[Shape], description: Mapping[str, Any]) -> Shape:
    try:
        return shape.model_validate(description)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}") from invalid


def _check_distinct(what: str, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValueError(f"two {what} have one name")


def _declarations(parameters: DescribedParameters) -> dict[str, Any]:
    return {name: each.model_dump(exclude_none=True) for name, each in parameters.items()}


def _commits(of: str, stories: Mapping[str, DescribedStory], now: datetime) -> dict[str, FakeCommit]:
    return {ref: _commit(f"{of}/{ref}", each.to_story(), now) for ref, each in stories.items()}


def _commit(of: str, story: Story, now: datetime) -> FakeCommit:
    return FakeCommit(build_fixed_id(of).replace("-", "") + "00c0ffee", "Tidy up", "lin", now, story=story)
