"""Fixtures for Block Kit: `valid_blocks` holds blocks against Slack's schemas and limits, `golden` against a file.

The specifications lie beside the checkout; without them `valid_blocks` skips, saying so. `UPDATE_GOLDEN=1` rewrites
the golden files with what the code draws now.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

Json = Any
Check = Callable[..., None]

_TESTS = Path(__file__).parents[1]
SPECS = _TESTS.parents[1] / "shared" / "specs" / "slack"
_MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_MOST_TEXT = 12_000
_NAMES = {"confirm": "confirmation", "options": "option", "option_groups": "option_group", "initial_option": "option"}
_SELECTS = ("static_select", "external_select", "multi_static_select", "multi_external_select")


@pytest.fixture(scope="session")
def valid_blocks() -> Check:
    """`valid_blocks(blocks, surface)` fails with every problem that Slack would have with these blocks."""
    if not SPECS.is_dir():
        pytest.skip("Slack's Block Kit schemas are not beside this checkout")

    def check(blocks: Sequence[Mapping[str, Any]], surface: str = "message") -> None:
        found = problems(blocks, surface)
        assert not found, "\n".join(found)

    return check


@pytest.fixture
def golden() -> Check:
    """`golden(name, value)` compares a JSON value with tests/golden/<name>.json."""

    def check(name: str, value: Json) -> None:
        path = _TESTS / "golden" / f"{name}.json"
        drawn = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(drawn, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: run once with UPDATE_GOLDEN=1 and read what it holds"
        assert json.loads(drawn) == json.loads(path.read_text(encoding="utf-8"))

    return check


def problems(blocks: Sequence[Mapping[str, Any]], surface: str) -> list[str]:
    """What Slack would not like; `surface` is message, modal or home."""
    return [*_of_schema(blocks), *_of_surface(blocks, surface), *_of_limits(list(blocks), "", "blocks")]


@cache
def _load(name: str) -> Json:
    return json.loads((SPECS / name).read_text(encoding="utf-8"))


@cache
def _validator(block_type: str) -> jsonschema.Draft7Validator | None:
    document = _load("blockkit.slack-types-3.2.0.Blocks.schema.json")
    for name, definition in document["definitions"].items():
        kind = definition.get("properties", {}).get("type", {}).get("const")
        if kind == block_type and name.endswith("Block"):
            return jsonschema.Draft7Validator({**document, "$ref": f"#/definitions/{name}"})
    return None


def _of_schema(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        validator = _validator(str(block.get("type")))
        if validator is None:
            yield f"/{number}: {block.get('type')!r} is no block type"
            continue
        for error in validator.iter_errors(block):
            best = jsonschema.exceptions.best_match([error])
            yield f"/{number}/{'/'.join(map(str, error.absolute_path))}: {best.message[:300]}"


def _of_surface(blocks: Sequence[Mapping[str, Any]], surface: str) -> Iterator[str]:
    allowed = _load("blockkit_surfaces.slackblocks-3.0.0.json")[surface]
    yield from (f"{block['type']} may not stand in a {surface}" for block in blocks if block["type"] not in allowed)
    if len(blocks) > _MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks are too many for a {surface}"
    if surface == "message" and sum(map(len, _texts(blocks))) > _MOST_TEXT:
        yield "more text than Slack takes in one message"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "a block_id occurs twice"
    for block in blocks:
        actions = [element.get("action_id") for element in block.get("elements", ()) if "action_id" in element]
        if len(actions) != len(set(actions)):
            yield f"an action_id occurs twice in {actions}"
        if block["type"] == "section" and not (block.get("text") or block.get("fields")):
            yield "a section without text"


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _texts(inner)


def _of_limits(value: Json, kind: str, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _of_limits(inner, kind, f"{path}/{number}")
    elif isinstance(value, dict):
        kind = _kind(value, kind)
        for name, inner in value.items():
            yield from _of_length(kind, name, inner, f"{path}/{name}")
            yield from _of_limits(inner, _NAMES.get(name, ""), f"{path}/{name}")


def _kind(value: Mapping[str, Any], role: str) -> str:
    kind = str(value.get("type", role))
    return "select" if kind in _SELECTS else kind


def _of_length(kind: str, name: str, value: Json, path: str) -> Iterator[str]:
    limits = _load("blockkit_limits.slackblocks-3.0.0.json")
    text = value["text"] if isinstance(value, dict) and isinstance(value.get("text"), str) else value
    general = f"{name}.max_length" if name in {"action_id", "block_id"} else f"{kind}.{name}.max_length"
    if isinstance(text, str):
        if len(text) > limits.get(general, 3000):
            yield f"{path}: {len(text)} characters are too many"
        if not text and name in {"text", "title", "label"}:
            yield f"{path}: empty"
    if isinstance(value, list):
        if len(value) > limits.get(f"{kind}.{name}.max_items", 10_000):
            yield f"{path}: {len(value)} items are too many"
        if not value:
            yield f"{path}: no items"
        longest = limits.get(f"{kind}.{name}.item_max_length", 3000)
        yield from (
            f"{path}: too long" for item in value if isinstance(item, dict) and len(str(item.get("text", ""))) > longest
        )
