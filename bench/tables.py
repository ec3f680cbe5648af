"""Ours beside its peers, as Markdown for people and as JSON for programs. A ratio is always ours / peer."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import SystemClock

RESULTS = Path(__file__).parents[1] / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Line:
    """One number: `theirs` has one value for each of the table's peers."""

    what: str
    unit: str
    ours: float
    theirs: tuple[float, ...]

    def ratios(self) -> list[float | None]:
        return [self.ours / their if their else None for their in self.theirs]


@dataclass(frozen=True, slots=True)
class Table:
    """`notes` say what else was seen; an empty table has only notes."""

    title: str
    peers: tuple[str, ...]
    lines: Sequence[Line] = ()
    notes: tuple[str, ...] = ()

    def as_markdown(self) -> str:
        parts = ["\n".join(self._grid())] if self.lines else []
        return "\n\n".join([f"### {self.title}", *parts, *self.notes])

    def as_json(self) -> dict[str, Any]:
        lines = [
            {
                "what": line.what,
                "unit": line.unit,
                "ours": line.ours,
                "theirs": dict(zip(self.peers, line.theirs, strict=True)),
                "ratios": dict(zip(self.peers, line.ratios(), strict=True)),
            }
            for line in self.lines
        ]
        return {"title": self.title, "lines": lines, "notes": list(self.notes)}

    def _grid(self) -> Iterator[str]:
        head = ["", "unit", "ours", *(name for peer in self.peers for name in (peer, "ratio"))]
        rows = [head, *(_cells(line) for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        padded = [
            [cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in enumerate(pairs)]
            for pairs in (zip(row, widths, strict=True) for row in rows)
        ]
        yield _row(padded[0])
        yield _row(["-" * width if column < 2 else "-" * (width - 1) + ":" for column, width in enumerate(widths)])
        yield from map(_row, padded[1:])


def _cells(line: Line) -> list[str]:
    pairs = zip(line.theirs, line.ratios(), strict=True)
    beside = [cell for their, ratio in pairs for cell in (_number(their), "" if ratio is None else f"{ratio:.2f}")]
    return [line.what, line.unit, _number(line.ours), *beside]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def write(tables: Sequence[Table]) -> Path:
    """Write build/bench.json; where it is."""
    machine = {"cores": os.cpu_count(), "kind": platform.machine(), "python": platform.python_version()}
    found = {
        "measured_at": SystemClock().now().isoformat(timespec="seconds"),
        "machine": machine,
        "load_of_the_last_minute": os.getloadavg()[0],
        "tables": [table.as_json() for table in tables],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS
