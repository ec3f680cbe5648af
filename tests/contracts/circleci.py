"""CircleCI's operations by the table: which one a request is, whether it is allowed, and what it may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema

from tests.contracts.shapes import Shapes, members, table

Json = Any

TABLE = table("circleci")
OPERATIONS: Mapping[str, Json] = TABLE["operations"]
SHAPES = Shapes(TABLE["shapes"], open_=TABLE["open"])
_MESSAGE = {"message!": "text", "*": "none"}


@dataclass(frozen=True)
class Operation:
    method: str
    template: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def _said(self) -> Json:
        return OPERATIONS[self.name]

    @property
    def queries(self) -> dict[str, jsonschema.Draft7Validator]:
        """What the query's parameters must be, by name."""
        return {name: SHAPES.validator(shape) for name, shape in members(self._said.get("query", {}))}

    @property
    def body(self) -> jsonschema.Draft7Validator | None:
        """What the request's JSON must be; None where there is to be no body."""
        return _validator(self.name, "body") if "body" in self._said else None

    def answers(self) -> dict[int, Json]:
        """The shapes of the answers that mean success, by status."""
        return {status: shape for status, shape in self._said.items() if isinstance(status, int)}

    def answer(self, status: int) -> jsonschema.Draft7Validator:
        """What this answer must be; statuses that the table does not name have a message."""
        return _validator(self.name, status)

    def sample(self, *, full: bool, status: int | None = None) -> Json:
        """The JSON of a successful answer: all that it may hold, or as little as it must."""
        answers = self.answers()
        return SHAPES.sample(answers[status or max(answers)], full=full)

    def spellings(self) -> dict[str, str]:
        """What is spelt otherwise in the document, or by some: the table's word and the other."""
        return {one: other for row in TABLE["corrections"] for one, other in self._other_words(row)}

    def _other_words(self, row: Json) -> Iterator[tuple[str, str]]:
        if row["at"] == self.name or row["at"] in named_in(self._said):
            yield from ((wire, document) for document, wire in row.get("spelled", {}).items())
            yield from row.get("disputed", {}).items()


@cache
def _validator(name: str, part: int | str) -> jsonschema.Draft7Validator:
    return SHAPES.validator(OPERATIONS[name].get(part, _MESSAGE))


def named_in(shape: Json) -> set[str]:
    """The names of the shapes that a shape, or an operation, is made of."""
    if isinstance(shape, dict):
        return set().union(*map(named_in, shape.values()))
    if isinstance(shape, list):
        return named_in(shape[0])
    return set(str(shape).split()) & SHAPES.named.keys()


def renamed(value: Json, words: Mapping[str, str]) -> Json:
    """An answer with other words for its properties."""
    if isinstance(value, dict):
        return {words.get(key, key): renamed(inner, words) for key, inner in value.items()}
    return [renamed(inner, words) for inner in value] if isinstance(value, list) else value


def operation(method: str, path: str) -> Operation | None:
    """The operation that a path below /api/v2 belongs to, the most literal one where several fit.

    The path may be concrete, or have parameters in braces.
    """
    found = [name.split()[1] for name in OPERATIONS if name.split()[0] == method]
    fitting = [template for template in found if _pattern(template).fullmatch(path)]
    best = min(fitting, key=lambda template: template.count("{"), default=None)
    return Operation(method, best) if best else None


_SEGMENTS = {"{project-slug}": 3, "{org-slug-or-id}": 3, "{org-slug}": 2}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Slugs stand for several segments, each encoded by itself; the other names for one."""
    parts = re.split(r"(\{[^}]+\})", template)
    return re.compile(
        "".join(
            "/".join([r"[^/]+"] * _SEGMENTS.get(part, 1)) if part.startswith("{") else re.escape(part) for part in parts
        )
    )


def properties(shape: Json) -> dict[str, Json]:
    """Names and shapes of an object's, or of a list's objects', properties."""
    shape = SHAPES.follow(shape)
    if isinstance(shape, list):
        return properties(shape[0])
    return dict(members(shape)) if isinstance(shape, dict) else {}
