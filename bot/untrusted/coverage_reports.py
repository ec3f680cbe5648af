"""How much of a program its tests reached, as the usual tools sum it up in small files.

Read by pattern, never by an XML parser: the files come from anybody's build. No pattern looks past the next `<`, so
that none looks twice at the same place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.untrusted.numbers import parse_whole_number

MOST_BYTES = 2_000_000
"""A summary is small; what is larger is none."""

_TAG = re.compile(r"<(coverage|metrics|counter)(?=[\s/>])([^<>]*)")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
_LCOV = re.compile(r"^(LF|LH):(\d{1,15})", re.MULTILINE | re.ASCII)


def is_summary(path: str) -> bool:
    """Whether a file of this name sums up coverage."""
    return _find_parser(path) is not None


def read_coverage(path: str, content: bytes) -> tuple[float | None, bytes]:
    """A reader (reader_process.py). Per cent of the lines that tests reached; None when the file does not say."""
    read = _find_parser(path)
    found = read(content[:MOST_BYTES].decode("utf-8", "replace")) if read else None
    return (found if found is not None and 0 <= found <= 100 else None), b""


def _find_parser(path: str) -> Callable[[str], float | None] | None:
    return _READERS.get(path.rpartition("/")[2].lower())


def _list_tags(text: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag of this name."""
    for tag in _TAG.finditer(text):
        if tag[1] == name:
            yield {found[1]: found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(tag[2])}


def _parse_xml(text: str) -> float | None:
    """Cobertura (coverage_reports.py and many more) or Clover (PHPUnit, Istanbul), which share the name."""
    for said in _list_tags(text, "coverage"):
        if "line-rate" in said:
            return _parse_number(said["line-rate"], 100)
    counted = (
        (_parse_count(said, "statements"), _parse_count(said, "coveredstatements"))
        for said in _list_tags(text, "metrics")
    )
    of, hit = max(counted, key=lambda pair: pair[0], default=(0, 0))
    return _compute_percent(hit, of)


def _parse_jacoco(text: str) -> float | None:
    """The last counter of lines is the report's own."""
    percent = None
    for said in _list_tags(text, "counter"):
        if said.get("type") == "LINE":
            missed, covered = _parse_count(said, "missed"), _parse_count(said, "covered")
            percent = _compute_percent(covered, missed + covered)
    return percent


def _parse_count(said: Mapping[str, str], name: str) -> int:
    return parse_whole_number(said.get(name, ""), most=10**15) or 0


def _parse_lcov(text: str) -> float | None:
    sums = {"LF": 0, "LH": 0}
    for found in _LCOV.finditer(text):
        sums[found[1]] += int(found[2])
    return _compute_percent(sums["LH"], sums["LF"])


def _parse_json(text: str) -> float | None:
    """`total.lines.pct` (Istanbul), `totals.percent_covered` (coverage_reports.py), `result.line` (SimpleCov)."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    paths = (("total", "lines", "pct"), ("totals", "percent_covered"), ("result", "line"))
    found = (_get_at_path(document, path) for path in paths)
    return next((_parse_number(str(value), 1) for value in found if isinstance(value, int | float)), None)


def _get_at_path(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _compute_percent(part: int, of: int) -> float | None:
    return 100 * part / of if of else None


def _parse_number(text: str, times: int) -> float | None:
    try:
        return float(text[:20]) * times
    except ValueError:
        return None


_READERS = {
    "coverage.xml": _parse_xml,
    "cobertura.xml": _parse_xml,
    "cobertura-coverage.xml": _parse_xml,
    "clover.xml": _parse_xml,
    "jacoco.xml": _parse_jacoco,
    "jacocotestreport.xml": _parse_jacoco,
    "lcov.info": _parse_lcov,
    "coverage-summary.json": _parse_json,
    "coverage.json": _parse_json,
    ".last_run.json": _parse_json,
}
