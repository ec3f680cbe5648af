"""An answer as a shape, without whatever of it cannot be read.

It is read as it comes first, and that is all that an ordinary answer costs. Of one that does not fit, what is wrong is
taken away and the rest is read again: a field then counts as not said, and what lacks something that is needed goes
itself, up to a member of a list. So no odd field costs a page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.circleci.models.model import NO_LIST

T = TypeVar("T")
Path = tuple[str | int, ...]

_ROUNDS = 12
"""Deeper than anything that CircleCI's answers hold."""


@dataclass(frozen=True, slots=True)
class ParseIssues:
    """What could not be read: which fields, as `items.*.review_id`, and how many members of lists are left out."""

    fields: frozenset[str] = frozenset()
    left_out: int = 0


def parse_lenient(shape: type[T], content: bytes) -> tuple[T, ParseIssues]:
    """Raises ValueError for what is no JSON, or lacks what is needed."""
    adapter = _adapter(shape)  # type: ignore[arg-type] # a type is hashable
    try:
        return adapter.validate_json(content), ParseIssues()
    except ValidationError:
        return _parse_without_invalid(adapter, _decode_json(content))


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _decode_json(content: bytes) -> Any:
    """Half a character, as cutting leaves it at the end of a text, becomes a question mark."""
    try:
        whole = json.dumps(json.loads(content), ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(whole)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _parse_without_invalid(adapter: TypeAdapter[T], said: Any) -> tuple[T, ParseIssues]:
    fields: set[str] = set()
    left_out = 0
    for _ in range(_ROUNDS):
        try:
            return adapter.validate_python(said), ParseIssues(frozenset(fields), left_out)
        except ValidationError as error:
            odd = set(_find_invalid(said, error))
        if () in odd:
            break
        fields |= {".".join("*" if isinstance(step, int) else step for step in path) for path in odd}
        left_out += sum(isinstance(path[-1], int) for path in odd)
        _delete_paths(said, odd)
    raise ValueError("what is needed is missing")


def _find_invalid(said: Any, error: ValidationError) -> Iterator[Path]:
    """Where there is something to take away; () is the answer itself."""
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        path = _trim_path(said, one["loc"])
        yield path[:-1] if one["type"] == NO_LIST else path


def _trim_path(said: Any, steps: Iterable[str | int]) -> Path:
    """As far as the steps lead: what is missing has no place, and a choice between types is a step without one."""
    path: list[str | int] = []
    for step in steps:
        is_there = step in said if isinstance(said, dict) else isinstance(said, list) and isinstance(step, int)
        if not is_there:
            break
        said = said[step]
        path.append(step)
    return tuple(path)


def _delete_paths(said: Any, paths: Iterable[Path]) -> None:
    """The last first, so that those before keep their places, and what lies inside of another before that one."""
    for path in sorted(paths, reverse=True):
        holder = said
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
