"""Validators, of which the Block Kit tables are built: each takes a value and yields its problems with their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SchemaProblem:
    """One of Slack's error sentences, with the JSON pointer of the wrong value."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Validator = Callable[[Any, str], Iterator[SchemaProblem]]


def string(longest: int | None = None, *, shortest: int = 0, pattern: str | None = None) -> Validator:
    """A JSON string with a length between these two."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, str):
            yield SchemaProblem("must provide a string", at)
        elif longest is not None and len(value) > longest:
            yield SchemaProblem(f"must be less than {longest + 1} characters", at)
        elif len(value) < shortest:
            yield SchemaProblem(f"must be more than {shortest - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield SchemaProblem(f"must match the pattern {pattern}", at)

    return check


def number(least: float | None = None, most: float | None = None, *, above: float | None = None) -> Validator:
    """A JSON number; `above` excludes its bound."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield SchemaProblem("must provide a number", at)
        elif (least is not None and value < least) or (above is not None and value <= above):
            yield SchemaProblem(
                f"must be greater than or equal to {least}" if above is None else f"must be > {above}", at
            )
        elif most is not None and value > most:
            yield SchemaProblem(f"must be less than or equal to {most}", at)

    return check


def flag(value: Any, at: str) -> Iterator[SchemaProblem]:
    """True or false."""
    if not isinstance(value, bool):
        yield SchemaProblem("must provide a boolean", at)


def word(*allowed: str | int) -> Validator:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if isinstance(value, bool) or value not in allowed:
            yield SchemaProblem(f"must be one of: {', '.join(map(str, allowed))}", at)

    return check


def anything(_value: Any, _at: str) -> Iterator[SchemaProblem]:
    """A value without a published rule."""
    return iter(())


def many(rule: Validator, most: int | None = None, *, least: int = 1) -> Validator:
    """An array whose items all pass one validator."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, list):
            yield SchemaProblem("must provide an array", at)
            return
        if most is not None and len(value) > most:
            yield SchemaProblem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield SchemaProblem(f"no fewer than {least} items allowed", at)
        for index, item in enumerate(value):
            yield from rule(item, f"{at}/{index}")

    return check


ExtraCheck = Callable[[dict[str, Any], str], Iterator[SchemaProblem]]


def record(fields: Mapping[str, Validator], *, need: str = "", extra_check: ExtraCheck | None = None) -> Validator:
    """An object of these fields and no other; `need` names the required ones, `extra_check` checks them together."""
    required = need.split()

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, dict):
            yield SchemaProblem("must provide an object", at)
            return
        yield from (SchemaProblem(f"missing required field: {name}", at) for name in required if name not in value)
        yield from (SchemaProblem(f"invalid additional property: {name}", at) for name in value if name not in fields)
        for name in fields.keys() & value.keys():
            yield from fields[name](value[name], f"{at}/{name}")
        if extra_check:
            yield from extra_check(value, at)

    return check


def typed_record(
    name: str, fields: Mapping[str, Validator], *, need: str = "", extra_check: ExtraCheck | None = None
) -> dict[str, Validator]:
    """A record with a `type` field: an entry for `by_type`."""
    return {name: record({"type": word(name), **fields}, need=f"type {need}", extra_check=extra_check)}


def by_type(rules: Mapping[str, Validator]) -> Validator:
    """The validator for an object's `type`. The mapping may get entries after this call, while the tables are built."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, dict):
            yield SchemaProblem("must provide an object", at)
        elif "type" not in value:
            yield SchemaProblem("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            yield SchemaProblem(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from rules[value["type"]](value, at)

    return check


def any_schema(rule: Validator) -> Validator:
    """Where Slack tries several schemas it first says that none matched, then what was wrong."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        problems = list(rule(value, at))
        if problems:
            yield SchemaProblem("failed to match all allowed schemas", at)
        yield from problems

    return check


def exactly_one(*names: str) -> ExtraCheck:
    """Of several fields one must be there, and one only."""

    def check(value: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
        given = [name for name in names if name in value]
        if len(given) != 1:
            yield SchemaProblem(f"must provide exactly one of: {', '.join(names)}", at)

    return check
