"""How much of a program its tests reached, as the usual tools sum it up in small files.

Read by pattern, never by an XML parser: the files come from anybody's build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

MOST_BYTES = 2_000_000
"""A summary is small; what is larger is none."""

_COBERTURA = re.compile(r"<coverage\b[^>]*?\sline-rate=[\"']([\d.]+)[\"']")
_CLOVER = re.compile(
    r"<metrics\b(?=[^>]*\sstatements=[\"'](?P<of>\d+))(?=[^>]*\scoveredstatements=[\"'](?P<hit>\d+))[^>]*>"
)
_JACOCO = re.compile(r"<counter\b(?=[^>]*type=[\"']LINE)[^>]*missed=[\"'](\d+)[\"'][^>]*covered=[\"'](\d+)")
_LCOV = re.compile(r"^(LF|LH):(\d+)", re.MULTILINE)


def is_summary(path: str) -> bool:
    """Whether a file of this name sums up coverage."""
    return _reader(path) is not None


def lines_covered(path: str, content: bytes) -> float | None:
    """Per cent of the lines that tests reached; None when the file does not say."""
    read = _reader(path)
    found = read(content.decode("utf-8", "replace")) if read else None
    return found if found is not None and 0 <= found <= 100 else None


def _reader(path: str) -> Callable[[str], float | None] | None:
    return _READERS.get(path.rpartition("/")[2].lower())


def _xml(text: str) -> float | None:
    """Cobertura (coverage.py and many more) or Clover (PHPUnit, Istanbul), which share the name."""
    if rate := _COBERTURA.search(text):
        return _number(rate[1], 100)
    metrics = list(_CLOVER.finditer(text))
    largest = max(metrics, key=lambda found: int(found["of"][:15]), default=None)
    return _share(int(largest["hit"][:15]), int(largest["of"][:15])) if largest else None


def _jacoco(text: str) -> float | None:
    """The last counter is the report's own."""
    counters = _JACOCO.findall(text)
    if not counters:
        return None
    missed, covered = (int(count[:15]) for count in counters[-1])
    return _share(covered, missed + covered)


def _lcov(text: str) -> float | None:
    sums = {"LF": 0, "LH": 0}
    for kind, count in _LCOV.findall(text):
        sums[kind] += int(count[:15])
    return _share(sums["LH"], sums["LF"])


def _json(text: str) -> float | None:
    """`total.lines.pct` (Istanbul), `totals.percent_covered` (coverage.py), `result.line` (SimpleCov)."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    paths = (("total", "lines", "pct"), ("totals", "percent_covered"), ("result", "line"))
    found = (_at(document, path) for path in paths)
    return next((_number(str(value), 1) for value in found if isinstance(value, int | float)), None)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _share(part: int, of: int) -> float | None:
    return 100 * part / of if of else None


def _number(text: str, times: int) -> float | None:
    try:
        return float(text) * times
    except ValueError:
        return None


_READERS = {
    "coverage.xml": _xml,
    "cobertura.xml": _xml,
    "cobertura-coverage.xml": _xml,
    "clover.xml": _xml,
    "jacoco.xml": _jacoco,
    "jacocotestreport.xml": _jacoco,
    "lcov.info": _lcov,
    "coverage-summary.json": _json,
    "coverage.json": _json,
    ".last_run.json": _json,
}
