"""The YAML on each branch, and what CircleCI makes of it: declared parameters, their checks, the compiled form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import USUAL_FILE, FakeCommit, FakeDefinition
from sandbox.circleci.plans import JobPlan, Story, WorkflowPlan

MAX_PARAMETERS = 100
MAX_KEY_LENGTH = 128
MAX_VALUE_LENGTH = 512

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SOURCES = 256
"""So many are remembered as they were read: each pipeline of a branch has the same."""


def build_source(parameters: Mapping[str, Any], story: Story) -> str:
    """The config of a branch with this story, declaring these parameters; on a story with errors it has a mistake.

    After a setup it is what the setup made, which may declare further parameters, that no trigger can set.
    """
    source = _source({}, {**parameters, **story.continued_parameters}, story.workflows)
    return source.replace("    - checkout\n", "    - checkout\n    - install-deps\n", 1) if story.errors else source


def build_setup_source(parameters: Mapping[str, Any], setup: WorkflowPlan) -> str:
    """The config that decides about the real one; what a trigger may set is declared in both."""
    return _source({"setup": True}, parameters, (setup,))


def _source(head: Mapping[str, Any], parameters: Mapping[str, Any], plans: tuple[WorkflowPlan, ...]) -> str:
    environment = {name.upper().replace("-", "_"): f"<< pipeline.parameters.{name} >>" for name in parameters}
    builds = {job.name: job for plan in plans for job in plan.jobs if job.type == "build"}
    written = {
        "version": 2.1,
        **head,
        **({"parameters": dict(parameters)} if parameters else {}),
        "jobs": {name: _job(job, environment) for name, job in builds.items()},
        "workflows": {plan.name: {"jobs": [_job_in_workflow(job) for job in plan.jobs]} for plan in plans},
    }
    return _dump(written)


def _job(job: JobPlan, environment: Mapping[str, str]) -> dict[str, Any]:
    steps: list[Any] = ["checkout", {"run": {"name": job.step, "command": job.command}}]
    if job.stores_tests:
        steps.append({"store_test_results": {"path": "test-results"}})
    return {
        "docker": [{"image": "cimg/base:current"}],
        **({"environment": dict(environment)} if environment else {}),
        **({"parallelism": job.parallelism} if job.parallelism > 1 else {}),
        "steps": steps,
    }


def _job_in_workflow(job: JobPlan) -> str | dict[str, Any]:
    details: dict[str, Any] = {} if job.type == "build" else {"type": job.type}
    if job.validates:
        details["plan_name"] = job.validates
    if job.requires:
        details["requires"] = list(job.requires)
    if job.contexts:
        details["context"] = list(job.contexts)
    return {job.name: details} if details else job.name


class _AsCircleCI(yaml.SafeLoader):
    """An anchor may be set again, as YAML says and SnakeYAML takes it."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML ships no types
        if isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent):
            self.anchors.pop(event.anchor, None)
        return super().compose_node(parent, index)


def _dump(config: Mapping[str, Any]) -> str:
    return str(yaml.dump(config, Dumper=_DUMPER, sort_keys=False))


def _load(source: str) -> Any:
    return yaml.load(source, _AsCircleCI)  # noqa: S506 - it is a safe one


@dataclass(frozen=True)
class DeclaredParameter:
    """One pipeline parameter as the config declares it. `type` is string, boolean, integer or enum."""

    type: str
    default: Any = None
    allowed: tuple[str, ...] = ()


@lru_cache(_SOURCES)
def parse_parameters(source: str) -> Mapping[str, DeclaredParameter]:
    """The `parameters` of a config; none when it is not a mapping or not YAML at all."""
    try:
        config = _load(source)
    except yaml.YAMLError:
        return {}
    return parse_declarations((config.get("parameters") if isinstance(config, dict) else None) or {})


def parse_parameters_at(commit: FakeCommit, definition: FakeDefinition) -> Mapping[str, DeclaredParameter]:
    """What a trigger may set: what the definition's file declares; of a dynamic config that is the setup's."""
    own = find_committed_source(commit, definition)
    return parse_parameters(own) if own else parse_declarations(definition.parameters)


def find_committed_source(commit: FakeCommit, definition: FakeDefinition) -> str | None:
    """The YAML that a commit brings is that of the usual file."""
    return commit.config_source if definition.file_path == USUAL_FILE else None


def parse_declarations(declarations: Mapping[str, Any]) -> dict[str, DeclaredParameter]:
    """The declarations under `parameters` of a config, read."""
    return {name: _parse_declaration(each) for name, each in declarations.items()}


def _parse_declaration(declaration: Mapping[str, Any]) -> DeclaredParameter:
    allowed = tuple(str(each) for each in declaration.get("enum", ()))
    return DeclaredParameter(str(declaration.get("type", "string")), declaration.get("default"), allowed)


def check_parameters(given: Mapping[str, Any], declared: Mapping[str, DeclaredParameter]) -> None:
    """Raises FakeCircleciError unless a trigger may give these parameters."""
    _check_sizes(given)
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise ApiRule.PARAMETERS.to_error(names=", ".join(unknown))
    for name, value in given.items():
        if not _fits(value, declared[name]):
            wanted, actual = _format_type(declared[name]), _type_name(value)
            raise ApiRule.TYPES.to_error(name=name, wanted=wanted, value=json.dumps(value), actual=actual)


def _check_sizes(given: Mapping[str, Any]) -> None:
    if len(given) > MAX_PARAMETERS:
        raise ApiRule.MANY.to_error(count=len(given))
    for name, value in given.items():
        if len(name) > MAX_KEY_LENGTH:
            raise ApiRule.LONG_NAME.to_error()
        if isinstance(value, str) and len(value) > MAX_VALUE_LENGTH:
            raise ApiRule.LONG_VALUE.to_error(name=name)


def _fits(value: Any, declared: DeclaredParameter) -> bool:
    if declared.type == "enum":
        return isinstance(value, str) and value in declared.allowed
    return _type_name(value) == declared.type


def _format_type(declared: DeclaredParameter) -> str:
    return f"enum [{', '.join(declared.allowed)}]" if declared.type == "enum" else declared.type


def _type_name(value: Any) -> str:
    """JSON's types as CircleCI names them; a boolean is no integer here."""
    names = {bool: "boolean", int: "integer", str: "string"}
    return names.get(type(value), type(value).__name__)


def fill_defaults(given: Mapping[str, Any], declared: Mapping[str, DeclaredParameter]) -> dict[str, Any]:
    """Every declared parameter with the value that this pipeline runs with."""
    return {name: given.get(name, each.default) for name, each in declared.items()}


def compile_source(source: str, parameters: Mapping[str, Any]) -> str:
    """The source with its parameters filled in and their declarations gone; empty when it does not parse."""
    return _compile_filled(_fill_in_parameters(source, fill_defaults(parameters, parse_parameters(source))))


@lru_cache(_SOURCES)
def _compile_filled(source: str) -> str:
    try:
        config = _load(source)
    except yaml.YAMLError:
        return ""
    if not isinstance(config, dict):
        return ""
    config.pop("parameters", None)
    return _dump({**config, "version": 2})


def _fill_in_parameters(source: str, parameters: Mapping[str, Any]) -> str:
    return re.sub(
        r"<<\s*pipeline\.parameters\.([\w-]+)\s*>>",
        lambda match: _format_value(parameters.get(match[1], match[0])),
        source,
    )


def _format_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
