"""The sandbox's rules of blocks against the contract's shapes: samples, and every sample with one thing wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.slack.block_kit.block_types import ON_SURFACE
from sandbox.slack.block_kit.check import list_message_problems, list_view_problems
from tests.contracts.slack import KINDS, SURFACES, validator
from tests.plugins.each_case import each_case
from tests.sandbox.slack.block_kit import samples

WRONG: dict[type, Any] = {str: 7, int: "seven", bool: "yes", dict: [], list: {}}
# Where Slack's documentation is stricter than any shape can say.
STRICTER = (
    "missing required field: value",
    "must define either text or fields",
    "must provide exactly one of: options, option_groups",
    "must exactly match",
    "/tasks/",
    "every row must have as many cells as the first",
)
SAMPLES = [
    *samples.EVERYWHERE,
    *samples.NOT_IN_MODALS,
    *samples.MESSAGE_ONLY,
    *samples.MODAL_ONLY,
    *samples.CHARTS,
]
Json = Any


def _our_problems(sample: Json) -> list[str]:
    if sample.get("type") in {"modal", "home"}:
        return [str(each) for each in list_view_problems(sample)]
    if sample in samples.MODAL_ONLY or sample.get("type") == "alert" or _is_file_input(sample):
        modal = {"type": "modal", "title": samples.plain(), "submit": samples.plain(), "blocks": [sample]}
        return [str(each) for each in list_view_problems(modal)]
    return [str(each) for each in list_message_problems([sample])]


def _is_file_input(sample: Json) -> bool:
    element = sample.get("element")
    return isinstance(element, dict) and element.get("type") == "file_input"


def _table_accepts(sample: Json, shape: str = "") -> bool:
    return bool(validator(shape or " | ".join(KINDS[sample["type"]])).is_valid(sample))


def _mutants(sample: Json, seen: set[str]) -> Iterator[tuple[str, Json]]:
    """The sample with one thing wrong: a field too many, one missing, one of another type.

    What is nested the same in many samples is spoiled in the first alone.
    """
    for path in _objects(sample, ()):
        key_of_it = json.dumps(_at(sample, path), sort_keys=True)
        if key_of_it not in seen:
            seen.add(key_of_it)
            yield from _spoiled(sample, path)


def _spoiled(sample: Json, path: tuple[str | int, ...]) -> Iterator[tuple[str, Json]]:
    yield f"{path} with a field too many", _changed(sample, path, "surprise", 1)
    for key, value in _at(sample, path).items():
        yield f"{path} without {key}", _changed(sample, path, key, None)
        yield f"{path} with another {key}", _changed(sample, path, key, WRONG[type(value)])


def _objects(value: Json, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from _objects(each, (*path, key))


def _at(value: Json, path: tuple[str | int, ...]) -> Json:
    for step in path:
        value = value[step]
    return value


def _changed(sample: Json, path: tuple[str | int, ...], key: str, value: Json) -> Json:
    mutant = copy.deepcopy(sample)
    target = _at(mutant, path)
    if value is None:
        del target[key]
    else:
        target[key] = value
    return mutant


@each_case("sample", SAMPLES, ids=lambda each: f"{each['type']}")
def test_our_examples_are_good_by_the_contract_and_by_the_sandbox(sample: Json) -> None:
    assert _our_problems(sample) == []
    assert _table_accepts(sample)


def test_what_the_contract_refuses_the_sandbox_refuses_and_hardly_more() -> None:
    seen: set[str] = set()
    spoiled = 0
    for sample in sorted(SAMPLES, key=lambda each: len(json.dumps(each))):
        for what, mutant in _mutants(sample, seen):
            spoiled += 1
            problems = _our_problems(mutant)
            if not _table_accepts({**mutant, "type": sample["type"]}) or mutant.get("type") != sample["type"]:
                assert problems, (sample["type"], what)
            elif problems:
                assert any(word in problem for word in STRICTER for problem in problems), (what, problems)
    assert spoiled > 700


@pytest.mark.parametrize(("sample", "shape"), [(samples.MODAL, "ModalView"), (samples.HOME, "HomeView")])
def test_views_are_taken_and_refused_as_the_contract_does(sample: Json, shape: str) -> None:
    assert _our_problems(sample) == []
    for what, mutant in _mutants({**sample, "blocks": []}, set()):
        assert bool(_our_problems(mutant)) is not _table_accepts(mutant, shape), what


def test_every_surface_takes_the_same_blocks() -> None:
    by_surface = {name: [kind for kind, where in SURFACES.items() if name in where] for name in ON_SURFACE}
    assert {name: sorted(blocks) for name, blocks in ON_SURFACE.items()} == by_surface
