"""The table of docs/delivery.md: each safeguard, what happens without it, and how many seeds it took to see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.simulation.plan import LARGE
from tests.simulation.safeguards import ABLATIONS, BOTH_COVERED, COVERED
from tests.simulation.seeds import run_seed

FOUND_WITHIN = 100
"""So many large worlds are enough to find that a safeguard is missing."""

_FEW = 12
PAGE = Path("docs/delivery.md")
_HEAD = "| without it | what happens | seen after so many seeds |\n|---|---|---|\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")
_ROW = re.compile(r"\| (.+) \| (.+) \| (\d+) \|")
_WHAT = {
    r"stands \d+ times": "said twice",
    "is not said|is in no digest|still waits": "lost, or not said in time",
    r"is in \d+ digests": "said in two digests",
    r"did \d+ times": "done twice",
    "messages within": "too fast for Slack",
    "the record": "the record is wrong",
    " in .* says ": "a card stays wrong",
    "still has a button": "a button stays",
    "is not told": "whoever asked is not told",
    "was .*, and is ": "what had ended begins again",
    "still claimed|has a lease": "nobody else may have it",
    "has not ended": "a process does not end",
}
"""What is wrong in a story, in words of the table, the worst first."""


class Row(NamedTuple):
    name: str
    what: str
    seeds: int


def list_names() -> list[str]:
    return [*ABLATIONS, *BOTH_COVERED]


def build_row(name: str) -> Row:
    """From the first seed on. Raises LookupError where nothing is seen."""
    row = _find(name, range(FOUND_WITHIN))
    if row is None:
        raise LookupError(f"{FOUND_WITHIN} seeds do not show what happens without: {name}")
    return row


def _find(name: str, seeds: Iterable[int]) -> Row | None:
    """The first seed that shows something people see: a step that the model refuses is nothing lost or doubled yet."""
    ablation = ABLATIONS.get(name) or BOTH_COVERED[name]
    for seed in seeds:
        if what := _describe(run_seed(seed, ablation, LARGE).problems):
            return Row(name, what, seed + 1)
    return None


def _describe(problems: Sequence[str]) -> str | None:
    found = (word for pattern, word in _WHAT.items() if any(re.search(pattern, one) for one in problems))
    return next(found, None)


def is_missed(name: str) -> bool:
    """Whether a seed shows that it is gone: the one of the page, or another."""
    return _find(name, [read()[name].seeds - 1, *range(FOUND_WITHIN)]) is not None


def is_needed_alone(name: str) -> bool:
    """Whether people see in a few seeds that a covered one is gone. The model of posting may refuse a step of it."""
    return any(_describe(run_seed(seed, COVERED[name], LARGE).problems) for seed in range(_FEW))


def render(rows: Iterable[Row]) -> str:
    return _HEAD + "".join(f"| {row.name} | {row.what} | {row.seeds} |\n" for row in rows)


def write(rows: Iterable[Row]) -> None:
    PAGE.write_text(_TABLE.sub(lambda _: render(rows), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def read() -> dict[str, Row]:
    """As the page has it."""
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    rows = _ROW.findall(found[0]) if found else []
    return {name: Row(name, what, int(seeds)) for name, what, seeds in rows}
