"""Pipeline parameters: what a config declares, and what people typed made into values of those types.

Limits are CircleCI's: 100 entries, 128 characters a name, 512 a value; values are strings, integers or booleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import yaml

from bot.circleci.client import CircleCI
from bot.circleci.models import Config, Pipeline
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError
from bot.mrkdwn import code

Value = str | int | bool

ENTRIES, NAME_LENGTH, VALUE_LENGTH = 100, 128, 512
CONFIG_LENGTH = 2_000_000
LISTED = 30
RECENT = 3
"""How many pipelines of a branch are looked at for a config that can be read."""

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MERGE = "tag:yaml.org,2002:merge"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter. `type` is string, boolean, integer or enum; without `default` it must be given."""

    name: str
    type: str
    default: Value | None = None
    choices: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a ref's parameters, and from where."""

    parameters: tuple[Parameter, ...]
    source: Literal["branch", "default branch", "unknown"]


async def parameters_of(
    circleci: CircleCI, slug: ProjectSlug, branch: str | None, tag: str | None, default_branch: str | None
) -> Known:
    """The parameters that a trigger on this ref may set. Raises CircleCIError.

    They stand in the config of the newest pipeline on that branch. A tag, or a branch that never ran, borrows the
    default branch's; where that never ran either, nothing is known.
    """
    if branch and not tag:
        found = await _declared_on(circleci, slug, branch)
        if found is not None:
            return Known(found, "branch")
    default_branch = default_branch or (await circleci.project(slug)).default_branch
    if default_branch and (tag or default_branch != branch):
        found = await _declared_on(circleci, slug, default_branch)
        if found is not None:
            return Known(found, "default branch")
    return Known((), "unknown")


async def _declared_on(circleci: CircleCI, slug: ProjectSlug, branch: str) -> tuple[Parameter, ...] | None:
    """None when the branch's last pipelines have no config that can be read."""
    looked_at = 0
    async for pipeline in circleci.pipelines(slug, branch=branch, pages=1):
        config = await _config_of(circleci, pipeline)
        if config and _has_readable_yaml(config):
            return declared(config)
        looked_at += 1
        if looked_at == RECENT:
            break
    return None


async def _config_of(circleci: CircleCI, pipeline: Pipeline) -> Config | None:
    try:
        return await circleci.pipeline_config(pipeline.id)
    except NotFound:
        return None


def _has_readable_yaml(config: Config) -> bool:
    return any(_top_level(text) is not None for text in (config.setup_config, config.source) if text)


def declared(config: Config) -> tuple[Parameter, ...]:
    """The parameters that this config declares, in its order; none where its YAML cannot be read.

    With dynamic config both YAMLs count, and where both declare a name the setup config, which runs first, is right.
    """
    found: dict[str, Parameter] = {}
    for text in (config.setup_config, config.source):
        for parameter in _declared_in(text or ""):
            found.setdefault(parameter.name, parameter)
    return tuple(found.values())


def _declared_in(text: str) -> Iterator[Parameter]:
    for name, node in (_top_level(text) or {}).items():
        if name == "parameters":
            yield from (_parameter(key, value) for key, value in _mapping(node).items())


def _top_level(text: str) -> dict[str, yaml.Node] | None:
    """The config's top level as YAML nodes: composed, never constructed, so that no alias or merge can blow it up."""
    if len(text) > CONFIG_LENGTH:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return _mapping(node) if isinstance(node, yaml.MappingNode) else None


def _mapping(node: yaml.Node | None, depth: int = 0) -> dict[str, yaml.Node]:
    """Entries by key; those merged in by `<<` come first and give way. Merges are followed three deep, ten wide."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    own: dict[str, yaml.Node] = {}
    merged: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.tag == _MERGE and depth < 3:
            for source in value.value[:10] if isinstance(value, yaml.SequenceNode) else [value]:
                merged = _mapping(source, depth + 1) | merged
        elif isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            own[key.value] = value
    return merged | own


def _parameter(name: str, node: yaml.Node) -> Parameter:
    said = _mapping(node)
    kind = _scalar(said.get("type")) or "string"
    listed = said.get("enum")
    choices = tuple(_scalar(item) for item in listed.value) if isinstance(listed, yaml.SequenceNode) else ()
    default = _default(kind, said["default"]) if "default" in said else None
    return Parameter(name, kind, default, choices, _scalar(said.get("description")))


def _scalar(node: yaml.Node | None) -> str:
    """A scalar as it is written: `1.10` and `on` stay what they look like."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _default(kind: str, node: yaml.Node) -> Value:
    text = _scalar(node)
    if kind == "boolean":
        return _BOOLEANS.get(text.lower(), False)
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    return text


def coerce(declared: Sequence[Parameter], typed: Mapping[str, str]) -> dict[str, Value]:
    """What was typed as values of the declared types. Raises UsageError, naming what would be right."""
    _check_limits(typed)
    known = {parameter.name: parameter for parameter in declared}
    for name in typed:
        if name not in known:
            raise _unknown(name, list(known))
    return {name: _value(known[name], text) for name, text in typed.items()}


def guess(typed: Mapping[str, str]) -> dict[str, Value]:
    """Values where nothing is declared (circleci-cli's rule): true and false, integers, otherwise strings."""
    _check_limits(typed)
    return {name: _guessed(text) for name, text in typed.items()}


def _guessed(text: str) -> Value:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _PLAIN_INTEGER.fullmatch(text) else text


def _check_limits(typed: Mapping[str, str]) -> None:
    if len(typed) > ENTRIES:
        raise UsageError(f"CircleCI takes {ENTRIES} parameters at most; these are {len(typed)}.")
    for name, text in typed.items():
        if len(name) > NAME_LENGTH:
            raise UsageError(f"The parameter name {code(name, 40)} has more than {NAME_LENGTH} characters.")
        if len(text) > VALUE_LENGTH:
            raise UsageError(f"The value of {code(name)} has {len(text)} characters; CircleCI takes {VALUE_LENGTH}.")


def _unknown(name: str, known: list[str]) -> UsageError:
    if not known:
        return UsageError(f"There is no parameter {code(name)}: the config declares none.")
    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean {code(close[0])}?" if close else ""
    listed = _listed(known)
    return UsageError(f"There is no parameter {code(name)}.{hint}", f"The config declares {listed}.")


def _listed(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > LISTED else []
    return ", ".join([code(name, 60) for name in names[:LISTED]] + more)


def _value(parameter: Parameter, text: str) -> Value:
    if parameter.type == "boolean":
        return _boolean(parameter.name, text)
    if parameter.type == "integer":
        return _integer(parameter.name, text)
    if parameter.type == "enum" and text not in parameter.choices:
        listed = _listed(parameter.choices)
        raise UsageError(f"{code(parameter.name)} cannot be {code(text, 100)}.", f"It is one of {listed}.")
    return text


def _boolean(name: str, text: str) -> bool:
    if text.strip().lower() not in _BOOLEANS:
        raise UsageError(f"{code(name)} is a boolean, and {code(text, 100)} is none.", "Say `true` or `false`.")
    return _BOOLEANS[text.strip().lower()]


def _integer(name: str, text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise UsageError(f"{code(name)} is an integer, and {code(text, 100)} is none.", "Say a whole number, like `3`.")
    return int(text)
