"""docs/logs.md lists whatever the bot logs, at the level at which it does."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
LEVELS = {"exception": "error"}
_ROW = re.compile(r"^\| `([a-z_.]+)` \| ([a-z, ]+) \| ", re.MULTILINE)


@cache
def list_calls() -> tuple[tuple[str, ast.Call], ...]:
    """Each `log.LEVEL(…)` of ours, with its level."""
    return tuple(_iter_calls())


def _iter_calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted((CHECKOUT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name, level = ast.unparse(node.func.value), node.func.attr
                if name in {"log", "_log"}:
                    yield level, node


def read_event(call: ast.Call) -> str:
    """A name that the page can have: one word for one event, never put together."""
    assert isinstance(call.args[0], ast.Constant), ast.unparse(call)
    return str(call.args[0].value)


def test_the_page_lists_every_event_with_its_levels_and_no_other() -> None:
    logged: dict[str, set[str]] = defaultdict(set)
    for level, call in list_calls():
        logged[read_event(call)].add(LEVELS.get(level, level))
    page = (CHECKOUT / "docs/logs.md").read_text(encoding="utf-8")
    listed = {event: set(levels.split(", ")) for event, levels in _ROW.findall(page)}
    assert listed == logged


def test_who_reads_an_error_reads_what_to_do() -> None:
    silent = [
        ast.unparse(call)
        for level, call in list_calls()
        if level in {"error", "critical"} and not {"mend", "why"} & {keyword.arg for keyword in call.keywords}
    ]
    assert silent == []
