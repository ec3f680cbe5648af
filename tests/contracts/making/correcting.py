"""What every table's making has in common: shapes get their names, and what a document has wrong is set right.

A correction is a row of a table's head, kept by hand: `at` says which shape or row, `in` the way into it, and then

    is: {started_at: time~}        this property is so (and whether it must be there), or is there at all
    also: {status: [queued]}       these words too
    spelled: {vcs-type: vcs_type}  the document's spelling and the wire's
    disputed: {verify-tls: …}      another spelling that is to be read as well; the table keeps the document's
    adds: {…}                      a row or a shape that the document has not, `to` its section, `among` which others

with `source` (the marks of the facts sheets: D documentation, S schema, C clients, R library, W seen on the wire,
I inferred) and `why`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contracts.shapes import bare

Json = Any
Marks = dict[tuple[int, str], str]


def inside(shape: Json, steps: list[str]) -> Json:
    """What is found by following properties, `item` for that of a list and numbers for alternatives."""
    for step in steps:
        if isinstance(shape, list):
            shape = shape[0]
        elif step.isdigit():
            shape = shape["or"][int(step)] if "or" in shape else shape[int(step)]
        else:
            shape = shape[_key(shape, step)]
    return shape


def named(shape: Json, names: Mapping[str, Json], *, is_root: bool = False) -> Json:
    """The shape with every part that has a name called by it."""
    name = next((name for name, one in names.items() if one == shape), None)
    if name and not is_root:
        return name
    if isinstance(shape, dict):
        return {key: named(inner, names) for key, inner in shape.items()}
    return [named(inner, names) for inner in shape] if isinstance(shape, list) else shape


def correct(rows: list[Json], body: Mapping[str, Json]) -> Marks:
    """Sets right what the body's sections hold; gives the marks for the lines that it changed."""
    marks: Marks = {}
    for row in rows:
        if "adds" in row:
            section = body[row["to"]]
            assert row["at"] not in section, f"the documents have {row['at']} by now: take the correction away"
            section[row["at"]] = copy.deepcopy(row["adds"])
            if "among" in row:
                section[row["among"]] += f" | {row['at']}"
            marks[id(section), row["at"]] = row["source"]
        else:
            target = inside(_section(row, body)[row["at"]], str(row.get("in", "")).split())
            marks |= {(id(target), name): row["source"] for name in _corrected(target, row)}
    return marks


def _section(row: Json, body: Mapping[str, Json]) -> Json:
    return next(section for section in body.values() if isinstance(section, dict) and row["at"] in section)


def _corrected(target: Json, row: Json) -> Iterator[str]:
    for key, shape in row.get("is", {}).items():
        assert target.get(key) != shape, f"{row['at']} {key} is so in the document: take the correction away"
        _replace(target, bare(key), key, copy.deepcopy(shape))
        yield bare(key)
    for name, words in row.get("also", {}).items():
        key = _key(target, name)
        mark, between = ("= ", " | ") if target[key].startswith("= ") else ("", " ")
        known = target[key].removeprefix(mark).split(between)
        assert not set(words) & set(known), f"{row['at']} {name} knows {words}: take the correction away"
        target[key] = mark + between.join(sorted([*known, *words]))
        yield name
    for name, wire in row.get("spelled", {}).items():
        key = _key(target, name)
        _replace(target, name, key.replace(name, wire), target[key])
        yield wire


def _replace(target: Json, name: str, key: str, shape: Json) -> None:
    """In its old place; at the end where it is new."""
    held = dict(target)
    target.clear()
    for old, inner in held.items():
        target.update({key: shape} if bare(str(old)) == name else {old: inner})
    target.setdefault(key, shape)


def _key(shape: Json, name: str) -> str:
    if isinstance(shape, dict) and name in shape:
        return name
    assert isinstance(shape, dict) and f"{name}!" in shape, f"no {name} in {shape}"  # noqa: PT018 -- one thing is said
    return f"{name}!"
