"""The body of block_kit.yaml: shapes from the schema of Slack's types, with the numbers of the list of limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.contracts.making.correcting import Marks, correct, inside, named
from tests.contracts.making.schemas import shape_of
from tests.contracts.shapes import bare

Json = Any
_ENDS = {"min_length": 0, "max_length": 1, "min_items": 0, "max_items": 1, "min": 0, "exclusive_min": 0, "max": 1}


def shapes(folder: Path, head: Json) -> tuple[Json, Marks]:
    """Shapes of blocks, elements and views; what stands on which surface; limits that belong to no one shape."""
    document = _read(folder, "blockkit.slack-types-3.2.0.AnyView.schema.json")["definitions"]
    found = {name: _shape(one) for name, one in sorted(document.items()) if name not in head["left_out"]}
    names = {name: inside(found, place.split()) for name, place in head["names"].items()}
    body = {
        "shapes": {name: named(one, names) for name, one in found.items()} | names,
        "surfaces": _surfaces(_read(folder, "blockkit_surfaces.slackblocks-3.0.0.json")),
        "limits": {},
    }
    marks = correct(head["corrections"], body)
    _set_limits(_read(folder, "blockkit_limits.slackblocks-3.0.0.json"), body, head)
    return body, marks


def _read(folder: Path, name: str) -> Json:
    return json.loads((folder / "slack" / name).read_text(encoding="utf-8"))


def _shape(schema: Json) -> Json:
    return shape_of(schema, lambda ref: ref.rsplit("/", 1)[1].replace("AnyBlock", "KnownBlock"), open_=False)


def _surfaces(allowed: Mapping[str, list[str]]) -> dict[str, str]:
    kinds = sorted({kind for blocks in allowed.values() for kind in blocks})
    return {kind: " ".join(surface for surface, blocks in allowed.items() if kind in blocks) for kind in kinds}


def _set_limits(listed: Mapping[str, float], body: Json, head: Json) -> None:
    for key, number in listed.items():
        place, _, rule = key.rpartition(".")
        if place in head["of_no_shape"]:
            body["limits"][key] = number
            continue
        spots = list(_spots(place.split("."), body["shapes"], head["places"]))
        assert spots, f"no place for {key}"
        for target, name in spots:
            target[name] = _limited(target[name], rule, number)


def _spots(parts: list[str], shapes_: Json, places: Mapping[str, str]) -> Iterator[tuple[Json, str | int]]:
    """Where a limit of this name stands: objects and the key in each, or lists and 0."""
    for length in range(len(parts), 0, -1):
        named_places = places.get(".".join(parts[:length]))
        if named_places:
            for place in named_places.split():
                yield from _at(shapes_, [*place.split("."), *parts[length:]])
            return
    for name, shape in shapes_.items():
        if _is_of_type(shape, parts[0]):
            yield from _at(shapes_, [name, *parts[1:]])


def _at(node: Json, steps: list[str]) -> Iterator[tuple[Json, str | int]]:
    if isinstance(node, dict) and "or" in node:
        for one in node["or"]:
            yield from _at(one, steps)
    elif isinstance(node, list):
        yield from _at(node[0], steps[1:]) if steps[1:] else [(node, 0)]
    elif isinstance(node, dict):
        for key in [key for key in node if steps[0] in {"*", bare(key)}]:
            yield from _at(node[key], steps[1:]) if steps[1:] else [(node, key)]


def _is_of_type(shape: Json, kind: str) -> bool:
    return isinstance(shape, dict) and shape.get("type!") == f"= {kind}"


def _limited(shape: Json, rule: str, number: float) -> Json:
    if rule == "item_max_length":
        return [_limited(shape[0], "max_length", number), *shape[1:]]
    if isinstance(shape, list):
        return [shape[0], _ranged(shape[1] if shape[1:] else "..", rule, number)]
    if shape.startswith("int = "):
        return shape
    if " | " in shape:
        return " | ".join(_limited(one, rule, number) for one in shape.split(" | "))
    words, _, size = shape.rpartition(" ") if ".." in shape else (shape, "", "..")
    return f"{words} {_ranged(size, rule, number)}"


def _ranged(size: str, rule: str, number: float) -> str:
    ends = size.removeprefix(">").split("..")
    ends[_ENDS[rule]] = f"{number:g}"
    return (">" if rule == "exclusive_min" or size.startswith(">") else "") + "..".join(ends)
