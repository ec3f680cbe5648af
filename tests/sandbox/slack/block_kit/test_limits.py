"""Every number of the contract's shapes: what keeps it is taken by the sandbox, what is one over is refused.

The samples are walked beside their shapes, so a number that the table gets is found by itself; one that no sample
reaches is complained of.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.slack.block_kit.check import MOST_CELL_TEXT, list_message_problems, list_view_problems
from tests.contracts.shapes import bare, limits
from tests.contracts.slack import BLOCKS, KINDS
from tests.plugins.each_case import each_case
from tests.sandbox.slack.block_kit import samples

Json = Any
Path = tuple[str | int, ...]

UNKNOWN_TO_THE_SANDBOX = {
    "Button.agent_prompt most": "a field that no message of ours has",
    "CardBlock.subtext most": "the same",
}


@dataclass(frozen=True)
class Limit:
    """One end of a size in a shape: `Button.text most`, and where a sample has it."""

    name: str
    number: int
    sample: Json
    path: Path
    is_outside: bool = False
    """The number itself is too small already."""

    @property
    def beyond(self) -> int:
        return self.number + (0 if self.is_outside else 1 if self.name.endswith("most") else -1)

    @property
    def can_be_below(self) -> bool:
        """A length cannot be below nothing, a number can."""
        value = self.sample
        for step in self.path:
            value = value[step]
        return self.beyond >= 0 or not isinstance(value, str | list)

    def with_size(self, size: int) -> Json:
        changed = copy.deepcopy(self.sample)
        target = changed
        for step in self.path[:-1]:
            target = target[step]
        target[self.path[-1]] = _of_size(target[self.path[-1]], size)
        if self.name.startswith("DataTableBlock.rows.item"):
            changed["rows"] = [_many(row, size) for row in changed["rows"]]
        if "axis_config" in changed.get("chart", {}):
            _agree(changed["chart"], self.path)
        return changed


def _agree(chart: Json, path: Path) -> None:
    """Series have other names and a point for each category, whichever of the two was changed."""
    axes, series = chart["axis_config"], chart["series"]
    if "data" in path:
        axes["categories"] = [point["label"] for point in series[0]["data"]]
    for number, each in enumerate(series):
        each["name"] = f"{number}{each['name']}" if number else each["name"]
        each["data"] = each["data"] if "data" in path else [{"label": of, "value": 1} for of in axes["categories"]]


def _of_size(value: Json, size: int) -> Json:
    if isinstance(value, str):
        return "x" * size
    return _many(value, size) if isinstance(value, list) else size


def _many(items: Json, count: int) -> Json:
    """The first item so many times; ids stay unique."""
    copies = [copy.deepcopy(items[0]) for _ in range(count)]
    for index, each in enumerate(copies):
        for key in {"action_id", "block_id"} & (each.keys() if isinstance(each, dict) else set()):
            each[key] = f"{each[key]}{index}"
    return copies


def _walk(shape: Json, value: Json, path: Path, name: str) -> Iterator[tuple[str, str, Path]]:
    """Sizes, as the table has them, beside their places in the sample; the outermost of a text first."""
    if isinstance(shape, list):
        yield name, shape[1] if shape[1:] else "..", path
        for index, inner in enumerate(value):
            yield from _walk(shape[0], inner, (*path, index), f"{name}.item")
    elif isinstance(shape, dict) and "or" in shape:
        yield from _walk(_fitting(shape["or"], value), value, path, name)
    elif isinstance(shape, dict):
        for key, inner in shape.items():
            if bare(key) in value:
                yield from _walk(inner, value[bare(key)], (*path, bare(key)), f"{name}.{bare(key)}")
    elif "= " not in shape:
        yield from _walk_words(shape, value, path, name)


def _walk_words(shape: str, value: Json, path: Path, name: str) -> Iterator[tuple[str, str, Path]]:
    if " | " in shape:
        yield from _walk(_fitting(shape.split(" | "), value), value, path, name)
    else:
        word, _, size = shape.partition(" ")
        if ".." in size:
            yield name, size, (*path, "text") if word in BLOCKS.named else path
        if word in BLOCKS.named:
            yield from _walk(BLOCKS.named[word], value, path, word)


def _fitting(shapes: list[Json], value: Json) -> Json:
    return next(one for one in shapes if BLOCKS.validator(one).is_valid(value))


def _ends(name: str, size: str) -> dict[str, tuple[int, bool]]:
    low, high, is_outside = limits(size)
    ends = {f"{name} least": (low, is_outside), f"{name} most": (high, False)}
    return {end: (int(number), outside) for end, (number, outside) in ends.items() if number is not None}


def _limits() -> dict[str, Limit]:
    """The first place of each that no narrower size around it hides."""
    found: dict[str, Limit] = {}
    for sample in (*SAMPLES, samples.MODAL, samples.HOME):
        shape = {"modal": "ModalView", "home": "HomeView"}.get(sample["type"]) or " | ".join(KINDS[sample["type"]])
        narrowest: dict[tuple[Path, bool], int] = {}
        for name, size, path in _walk(shape, sample, (), sample["type"]):
            for end, (number, is_outside) in _ends(name, size).items():
                most = end.endswith("most")
                if most and narrowest.setdefault((path, most), number) < number:
                    continue
                found.setdefault(end, Limit(end, number, sample, path, is_outside))
    return found


SAMPLES = [
    *samples.EVERYWHERE,
    *samples.NOT_IN_MODALS,
    *samples.MESSAGE_ONLY,
    *samples.MODAL_ONLY,
    *samples.CHARTS,
]
LIMITS = _limits()


def _in_the_table(shape: Json, name: str) -> Iterator[str]:
    if isinstance(shape, list):
        yield from _ends(name, shape[1] if shape[1:] else "..")
        yield from _in_the_table(shape[0], f"{name}.item")
    elif isinstance(shape, dict):
        for key, inner in shape.items():
            for one in inner if key == "or" else [inner]:
                yield from _in_the_table(one, name if key == "or" else f"{name}.{bare(key)}")
    else:
        for one in shape.split(" | "):
            yield from _ends(name, one.partition(" ")[2]) if ".." in one else ()


def test_every_number_of_the_table_is_tried() -> None:
    wanted = {end for name, shape in BLOCKS.named.items() for end in _in_the_table(shape, name)}
    assert wanted - LIMITS.keys() - UNKNOWN_TO_THE_SANDBOX.keys() == set()
    assert len(LIMITS) > 200


def _refused(block: Json) -> bool:
    if block["type"] in {"modal", "home"}:
        return bool(list_view_problems(block))
    if block["type"] == "alert" or block.get("element", {}).get("type") == "file_input":
        return bool(list_view_problems({**samples.MODAL, "blocks": [block]}))
    return bool(list_message_problems([block]))


@each_case("limit", LIMITS.values(), ids=LIMITS)
def test_the_limit_itself_is_taken_and_one_beyond_is_not(limit: Limit) -> None:
    if not limit.is_outside:
        assert not _refused(limit.with_size(limit.number))
    if limit.can_be_below:
        assert _refused(limit.with_size(limit.beyond))


def test_a_message_takes_fifty_blocks_and_views_a_hundred() -> None:
    lines = [{"type": "divider"}] * 101
    assert list_message_problems(lines[:50]) == []
    assert [str(each) for each in list_message_problems(lines[:51])] == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]
    for view in (samples.MODAL, samples.HOME):
        assert list_view_problems({**view, "blocks": lines[:100]}) == []
        assert list_view_problems({**view, "blocks": lines}) != []


def _table(kind: str, *cells: Json) -> Json:
    named = {"caption": "Runs"} if kind == "data_table" else {}
    return {"type": kind, **named, "rows": [[_raw("Name")], *([cell] for cell in cells)]}


def _raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def _rich(text: str) -> Json:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [words]}


@pytest.mark.parametrize("cell", [_raw, _rich])
@pytest.mark.parametrize(("kind", "most"), MOST_CELL_TEXT.items())
def test_the_cells_of_all_tables_of_a_kind_are_counted_together(kind: str, most: int, cell: Any) -> None:
    half = most // 2 - len("Name")
    for longer, problems in ((0, 0), (1, 1)):
        table = _table(kind, cell("x" * half), cell("y" * (half + longer + len("Name"))))
        assert len(list_message_problems([table])) == problems
        assert len(list_view_problems({**samples.HOME, "blocks": [table]})) == problems
    two = [_table("data_table", cell("x" * 9_996))] * 2
    assert list_message_problems(two) == []
    assert [each.pointer for each in list_message_problems([*two, _table("data_table", _raw("x"))])] == ["/blocks"]


def test_rows_of_a_data_table_are_as_long_as_its_head_which_is_plain() -> None:
    uneven = _table("data_table", _raw("1"))
    uneven["rows"].append([_raw("2"), _raw("3")])
    assert [each.pointer for each in list_message_problems([uneven])] == ["/blocks/0/rows/2"]
    rich_head = {**_table("data_table"), "rows": [[_rich("Name")], [_raw("1")]]}
    assert [each.pointer for each in list_message_problems([rich_head])] == ["/blocks/0/rows/0/0/type"]
    assert list_message_problems([{"type": "table", "rows": rich_head["rows"]}]) == []
