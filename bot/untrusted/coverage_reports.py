"""How much of a program its tests reached, as the usual tools sum it up in small files.

Read by pattern, never by an XML parser: the files come from anybody's build. No pattern looks past the next `<`, so
that none looks twice at the same place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.untrusted.numbers import whole

MOST_BYTES = 2_000_000
"""A summary is small; what is larger is none."""

_TAG = re.compile(r"<(coverage|metrics|counter)(?=[\s/>])([^<>]*)")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
_LCOV = re.compile(r"^(LF|LH):(\d{1,15})", re.MULTILINE | re.ASCII)


def is_summary(path: str) -> bool:
    """Whether a file of this name sums up coverage."""
    return _reader(path) is not None


def lines_covered(path: str, content: bytes) -> tuple[float | None, bytes]:
    """A reader (reader_process.py). Per cent of the lines that tests reached; None when the file does not say."""
    read = _reader(path)
    found = read(content[:MOST_BYTES].decode("utf-8", "replace")) if read else None
    return (found if found is not None and 0 <= found <= 100 else None), b""


def _reader(path: str) -> Callable[[str], float | None] | None:
    return _READERS.get(path.rpartition("/")[2].lower())


def _tags(text: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag of this name."""
    for tag in _TAG.finditer(text):
        if tag[1] == name:
            yield {found[1]: found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(tag[2])}


def _xml(text: str) -> float | None:
    """Cobertura (coverage_reports.py and many more) or Clover (PHPUnit, Istanbul), which share the name."""
    for said in _tags(text, "coverage"):
        if "line-rate" in said:
            return _number(said["line-rate"], 100)
    counted = ((_count(said, "statements"), _count(said, "coveredstatements")) for said in _tags(text, "metrics"))
    of, hit = max(counted, key=lambda pair: pair[0], default=(0, 0))
    return _share(hit, of)


def _jacoco(text: str) -> float | None:
    """The last counter of lines is the report's own."""
    percent = None
    for said in _tags(text, "counter"):
        if said.get("type") == "LINE":
            missed, covered = _count(said, "missed"), _count(said, "covered")
            percent = _share(covered, missed + covered)
    return percent


def _count(said: Mapping[str, str], name: str) -> int:
    return whole(said.get(name, ""), most=10**15) or 0


def _lcov(text: str) -> float | None:
    sums = {"LF": 0, "LH": 0}
    for found in _LCOV.finditer(text):
        sums[found[1]] += int(found[2])
    return _share(sums["LH"], sums["LF"])


def _json(text: str) -> float | None:
    """`total.lines.pct` (Istanbul), `totals.percent_covered` (coverage_reports.py), `result.line` (SimpleCov)."""
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
        return float(text[:20]) * times
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
