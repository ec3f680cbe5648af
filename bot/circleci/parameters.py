"""Pipeline parameters: what a config declares, and what people typed made into values of those types.

Limits are CircleCI's: 100 entries, 128 characters a name, 512 a value; values are strings, integers or booleans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Literal

from bot.circleci.client import CircleCI
from bot.circleci.models import Config, Pipeline
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError
from bot.mrkdwn import code
from bot.untrusted import reading
from bot.untrusted.config import declarations
from bot.untrusted.numbers import signed
from bot.untrusted.patterns import compile_linear

Value = str | int | bool

ENTRIES, NAME_LENGTH, VALUE_LENGTH = 100, 128, 512
MOST_INTEGER = 2**63 - 1
LISTED = 30
RECENT = 3
"""How many pipelines of a branch are looked at for a config that can be read."""

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_INTEGER = compile_linear(r"[+-]?[0-9]+")
_PLAIN_INTEGER = compile_linear(r"0|-?[1-9][0-9]{0,17}")


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
        found = await declared(config) if config else None
        if found is not None:
            return found
        looked_at += 1
        if looked_at == RECENT:
            break
    return None


async def _config_of(circleci: CircleCI, pipeline: Pipeline) -> Config | None:
    try:
        return await circleci.pipeline_config(pipeline.id)
    except NotFound:
        return None


async def declared(config: Config) -> tuple[Parameter, ...] | None:
    """The parameters that this config declares, in its order; None when none of its YAML can be read.

    With dynamic config both YAMLs count, and where both declare a name the setup config, which runs first, is right.
    """
    read = [await _declared_in(text) for text in (config.setup_config, config.source) if text]
    if all(found is None for found in read):
        return None
    by_name: dict[str, Parameter] = {}
    for parameter in chain.from_iterable(found or () for found in read):
        by_name.setdefault(parameter.name, parameter)
    return tuple(by_name.values())


async def _declared_in(text: str) -> list[Parameter] | None:
    try:
        found, _ = await reading.read(declarations, None, text.encode("utf-8", "replace"))
    except reading.TooLarge:
        return None
    return None if found is None else [_parameter(*said) for said in found]


def _parameter(name: str, kind: str, default: str | None, choices: Sequence[str], description: str) -> Parameter:
    return Parameter(name, kind, None if default is None else _default(kind, default), tuple(choices), description)


def _default(kind: str, text: str) -> Value:
    """An integer that is longer than any that can be sent stays as it is written."""
    if kind == "boolean":
        return _BOOLEANS.get(text.lower(), False)
    number = signed(text, MOST_INTEGER) if kind == "integer" else None
    return text if number is None else number


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
    number = signed(text.strip(), MOST_INTEGER)
    if number is None:
        wrong = "is too large for one" if _INTEGER.fullmatch(text.strip()) else "is none"
        raise UsageError(f"{code(name)} is an integer, and {code(text, 100)} {wrong}.", "Say a whole number, like `3`.")
    return number
