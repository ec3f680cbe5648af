"""Fixtures for Block Kit: `valid_blocks` compares blocks with the table of shapes and limits, `golden` with a file.

`UPDATE_GOLDEN=1` rewrites the golden files with what the code draws now.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.value_shortener import find_values, is_too_long
from bot.store.long_values import ValueAudience, build_key
from tests.contracts.slack import KINDS, LIMITS, SURFACES, validator

Json = Any
Check = Callable[..., None]

_TESTS = Path(__file__).parents[1]
_MOST_BLOCKS = {"message": LIMITS["message.blocks.max_items"], "modal": 100, "home": 100}
_MOST_CHARTS = LIMITS["message.data_visualizations.max_items"]
_MOST_TEXT = LIMITS["markdown.total_text.max_length"]
_found: dict[str, tuple[str, ...]] = {}
_LONGEST = 3000
"""No text but a markdown block's is longer, whether the table has its length or not."""


@pytest.fixture(scope="session")
def valid_blocks() -> Check:
    """`valid_blocks(blocks, surface)` fails with every problem that Slack would have with these blocks."""

    def check(blocks: Sequence[Mapping[str, Any]], surface: str = "message") -> None:
        found = find_block_problems(_shorten_values(blocks), surface)
        assert not found, "\n".join(found)

    return check


def _shorten_values(blocks: Sequence[Mapping[str, Any]]) -> list[Json]:
    """As they go to Slack: a key in the place of each value that is too long (bot/slack/value_shortener.py)."""
    fitted = deepcopy(list(blocks))
    for one in find_values(fitted):
        if is_too_long(one):
            one["value"] = build_key(ValueAudience("T", "C", "U"), one["value"])
    return fitted


@pytest.fixture
def golden() -> Check:
    """`golden(name, value)` compares a JSON value with tests/golden/<name>.json."""

    def check(name: str, value: Json) -> None:
        path = _TESTS / "golden" / f"{name}.json"
        drawn = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(drawn, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: run `make golden`, and read what it holds"
        assert json.loads(drawn) == json.loads(path.read_text(encoding="utf-8"))

    return check


def find_block_problems(blocks: Sequence[Mapping[str, Any]], surface: str) -> list[str]:
    """What Slack would not like; `surface` is message, modal or home."""
    return [
        *_find_shape_problems(blocks),
        *_find_surface_problems(blocks, surface),
        *_find_text_problems(list(blocks), ""),
    ]


def _find_shape_problems(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        kind = str(block.get("type"))
        if kind not in KINDS:
            yield f"/{number}: {kind!r} is no block type"
            continue
        yield from (f"/{number}/{problem}" for problem in _find_problems_once(kind, block))


def _find_problems_once(kind: str, block: Mapping[str, Any]) -> tuple[str, ...]:
    """To compare a block with its shape costs milliseconds, and most are in many messages: each is looked at once."""
    written = repr(block)
    if written not in _found:
        errors = validator(" | ".join(KINDS[kind])).iter_errors(block)
        _found[written] = tuple(map(_describe, errors))
    return _found[written]


def _describe(error: jsonschema.ValidationError) -> str:
    best = jsonschema.exceptions.best_match([error])
    return f"{'/'.join(map(str, error.absolute_path))}: {best.message[:300]}"


def _find_surface_problems(blocks: Sequence[Mapping[str, Any]], surface: str) -> Iterator[str]:
    kinds = [str(block["type"]) for block in blocks]
    yield from (f"{kind} may not stand in a {surface}" for kind in kinds if surface not in SURFACES.get(kind, ()))
    if len(blocks) > _MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks are too many for a {surface}"
    if surface == "message" and kinds.count("data_visualization") > _MOST_CHARTS:
        yield "more charts than Slack takes in one message"
    if surface == "message" and sum(map(len, _iter_texts(blocks))) > _MOST_TEXT:
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


def _iter_texts(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _iter_texts(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _iter_texts(inner)


def _find_text_problems(value: Json, path: str, name: str = "") -> Iterator[str]:
    """What no table says and Slack refuses all the same: what is empty, and what is beyond any length."""
    if isinstance(value, str):
        if len(value) > _LONGEST:
            yield f"{path}: {len(value)} characters are too many"
        if not value and name in {"text", "title", "label"}:
            yield f"{path}: empty"
    elif isinstance(value, list):
        if not value:
            yield f"{path}: no items"
        for number, inner in enumerate(value):
            yield from _find_text_problems(inner, f"{path}/{number}")
    elif isinstance(value, dict):
        inside = {key: inner for key, inner in value.items() if (value.get("type"), key) != ("markdown", "text")}
        for key, inner in inside.items():
            yield from _find_text_problems(inner, f"{path}/{key}", key)
