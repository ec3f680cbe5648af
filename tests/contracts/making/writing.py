"""A table's body as text that a person can read and compare: what fits stands on one line, wrapped at 116 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.contracts.shapes import LOADER

Json = Any
Marks = Mapping[tuple[int, str], str]
WIDTH = 116


def written(body: Mapping[str, Json], marks: Marks) -> str:
    """`marks`: sources, by the id of an object and its property, of what is not a document's own; said in comments."""
    parts = ("\n".join(_lines(key, value, "", marks)) for key, value in body.items())
    return "\n\n".join(parts) + "\n"


def _lines(key: str, value: Json, pad: str, marks: Marks, mark: str = "") -> Iterator[str]:
    comment = _comment({mark} | _marks_in(value, marks))
    line = f"{pad}{_key(key)}: {_flow(value)}"
    if (pad and len(line) <= WIDTH) or not value:
        yield line + comment
    elif isinstance(value, dict):
        yield f"{pad}{_key(key)}:{_comment({mark})}"
        for name, inner in value.items():
            found = marks.get((id(value), str(name).removesuffix("!")), "")
            yield from _lines(name, inner, f"{pad}  ", marks, found)
    elif isinstance(value, list):
        yield f"{pad}{_key(key)}:{_comment({mark})}"
        for inner in value:
            yield from _item(inner, pad, marks)
    else:
        yield f"{pad}{_key(key)}:{_comment({mark})}"
        yield from _wrapped(_plain(value), f"{pad}  ")


def _wrapped(text: str, pad: str) -> list[str]:
    wrapper = textwrap.TextWrapper(WIDTH, initial_indent=pad, subsequent_indent=pad)
    wrapper.break_on_hyphens = wrapper.break_long_words = False
    return wrapper.wrap(text)


def _item(value: Json, pad: str, marks: Marks) -> Iterator[str]:
    line = f"{pad}- {_flow(value)}"
    if len(line) <= WIDTH or isinstance(value, list):
        yield line + _comment(_marks_in(value, marks))
        return
    if isinstance(value, str):
        first, *more = _wrapped(_plain(value), f"{pad}  ")
        yield from (f"{pad}- {first.strip()}", *more)
        return
    first = True
    for name, inner in value.items():
        found = marks.get((id(value), str(name).removesuffix("!")), "")
        for line in _lines(name, inner, f"{pad}  ", marks, found):
            yield f"{pad}- {line.removeprefix(pad + '  ')}" if first else line
            first = False


def _marks_in(value: Json, marks: Marks) -> set[str]:
    if isinstance(value, dict):
        own = {marks.get((id(value), str(key).removesuffix("!")), "") for key in value}
        return own.union(*(_marks_in(inner, marks) for inner in value.values()))
    return set().union(*(_marks_in(inner, marks) for inner in value)) if isinstance(value, list) else set()


def _comment(marks: set[str]) -> str:
    said = " ".join(f"[{mark}]" for mark in sorted(marks - {""}))
    return f" # {said}" if said else ""


def _flow(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_plain(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _plain(value)


def _key(key: Json) -> str:
    """In a line of its own it needs no quotes for braces."""
    try:
        is_read = yaml.load(f"{key}: 1", LOADER) == {key: 1}  # noqa: S506 -- it is a safe one
    except yaml.YAMLError:
        is_read = False
    return str(key) if is_read else _plain(key)


def _plain(value: Json) -> str:
    """As it is where YAML reads it so, else in quotes."""
    text = str(value)
    try:
        is_read = yaml.load(f"[{{{text}: {text}}}]", LOADER) == [{value: value}]  # noqa: S506 -- it is a safe one
    except yaml.YAMLError:
        is_read = False
    return text if is_read else "'" + text.replace("'", "''") + "'"
