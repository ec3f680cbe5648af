"""Deploys, as API v2 tells of them. What its releases and settings look like was not seen: they are read generously."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import AliasChoices, Field, model_validator

from bot.circleci.models.model import Flag, Model, When, Word

DEFAULT = "default"

_DESIGNATED = re.compile(r"(?<![a-z])(rollback|deploy)([._-]?(pipeline|definition))*[._-]?id$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class DeployComponent(Model):
    """What is deployed: a part of a project."""

    id: str
    name: Word = ""
    project_id: Word = ""


class NamedComponent(Model):
    """The same, asked for by its id."""

    name: Word = ""


class DeployEnvironment(Model):
    """Where something is deployed; an organisation's own."""

    id: str
    name: Word = ""


class ComponentVersion(Model):
    """A version that was deployed to an environment, and what brought it there last."""

    name: str
    environment_id: Word = ""
    namespace: Word = DEFAULT
    is_live: Flag = False
    pipeline_id: Word = ""
    workflow_id: Word = ""
    job_number: int | None = None
    last_deployed_at: When = None


class Release(Model):
    """One attempt to deploy. `status` is an open set, in whatever case."""

    id: str
    status: Word = ""
    version: Word = Field("", validation_alias=AliasChoices("target_version", "version", "version_name"))
    component_id: Word = ""
    environment_id: Word = ""
    namespace: Word = DEFAULT
    is_rollback: Flag = False
    failure_reason: Word = ""
    pipeline_id: Word = ""
    workflow_id: Word = ""
    created_at: When = None
    ended_at: When = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, said: Any) -> Any:
        """In v3 attributes and references stand apart, a version has a name, and what is referred to an id.

        So it may be in v2, of which nobody has published how it looks.
        """
        if not isinstance(said, Mapping):
            return said
        known = _get_part(said, "attributes") | _get_part(said, "references")
        flat = {name.removeprefix("deploy_"): value for name, value in {**known, **said}.items()}
        for name in ("component", "environment", "pipeline", "workflow"):
            if isinstance(found := _get_part(flat, name).get("id"), str):
                flat.setdefault(f"{name}_id", found)
        for name in ("target_version", "version"):
            if isinstance(flat.get(name), Mapping):
                flat[name] = flat[name].get("name")
        return flat


def _get_part(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = said.get(name)
    return dict(part) if isinstance(part, Mapping) else {}


class DeploySettings(Model):
    """Which definitions of a project deploy and roll back: their ids, "" where none was designated."""

    deploy_definition_id: str = ""
    rollback_definition_id: str = ""

    @model_validator(mode="before")
    @classmethod
    def _find_ids(cls, said: Any) -> Any:
        """By what the members are called, as deep as they are: of ids alone, whatever else has such a name."""
        found: dict[str, str] = {}
        for name, value in _walk(said, depth=4):
            if _UUID.fullmatch(value) and (kind := _DESIGNATED.search(name)):
                found.setdefault(f"{kind[1]}_definition_id", value)
        return found


def _walk(said: Any, depth: int, above: str = "") -> Iterator[tuple[str, str]]:
    """Texts of objects within objects, each with the names that lead to it."""
    if isinstance(said, Mapping) and depth:
        for name, value in said.items():
            path = f"{above}.{name}".casefold()
            if isinstance(value, str) and value:
                yield path, value
            yield from _walk(value, depth - 1, path)


class StartedRollback(Model):
    """What rolls back: `id` is a pipeline's where the type is `pipeline`, else that of a command of the agent."""

    id: str
    rollback_type: Word = ""

    @property
    def is_pipeline(self) -> bool:
        return self.rollback_type.casefold() == "pipeline"
