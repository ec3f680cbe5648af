"""Ours beside its peers, as Markdown for people and as plain values for JSON. A ratio is always ours / peer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One number: `theirs` has one value for each of the table's peers, None where that peer was not measured."""

    what: str
    unit: str
    ours: float
    theirs: tuple[float | None, ...] = ()

    def ratios(self) -> list[float | None]:
        return [self.ours / their if their else None for their in self.theirs]


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of the table's row, in words, and what came of it."""

    target: str
    result: str
    met: bool


@dataclass(frozen=True, slots=True)
class Table:
    """`ours` heads the first column of numbers; `notes` say what else was seen; an empty table has only notes."""

    title: str
    peers: tuple[str, ...] = ()
    lines: Sequence[Line] = ()
    notes: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    ours: str = "ours"

    def as_markdown(self) -> str:
        grid = ["\n".join(self._grid())] if self.lines else []
        goals = [f"Target: {goal.target}. **{goal.result}**{'' if goal.met else ', not met'}." for goal in self.goals]
        return "\n\n".join([f"### {self.title}", *grid, *goals, *self.notes])

    def as_plain(self) -> Plain:
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
        goals = [{"target": goal.target, "result": goal.result, "met": goal.met} for goal in self.goals]
        return {"title": self.title, "first": self.ours, "lines": lines, "notes": list(self.notes), "goals": goals}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Table:
        """The inverse of `as_plain`."""
        lines = [Line(one["what"], one["unit"], one["ours"], tuple(one["theirs"].values())) for one in plain["lines"]]
        peers = tuple(plain["lines"][0]["theirs"]) if lines else ()
        goals = tuple(Goal(**goal) for goal in plain["goals"])
        return cls(plain["title"], peers, lines, tuple(plain["notes"]), goals, plain["first"])

    def _grid(self) -> Iterator[str]:
        head = ["", "unit", self.ours, *(name for peer in self.peers for name in (peer, "ratio"))]
        rows = [head, *(_cells(line) for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        padded = [
            [cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in enumerate(pairs)]
            for pairs in (zip(row, widths, strict=True) for row in rows)
        ]
        yield _row(padded[0])
        yield _row(["-" * width if column < 2 else "-" * (width - 1) + ":" for column, width in enumerate(widths)])
        yield from map(_row, padded[1:])


def at_most(target: str, value: float, limit: float, unit: str = "") -> Goal:
    """A goal that `value` does not exceed `limit`."""
    return Goal(target, f"{number(value)}{unit}", value <= limit)


def at_least(target: str, value: float, limit: float, unit: str = "") -> Goal:
    return Goal(target, f"{number(value)}{unit}", value >= limit)


def number(value: float) -> str:
    if isinstance(value, int) or value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _cells(line: Line) -> list[str]:
    pairs = zip(line.theirs, line.ratios(), strict=True)
    beside = [cell for their, ratio in pairs for cell in _beside(their, ratio)]
    return [line.what, line.unit, number(line.ours), *beside]


def _beside(their: float | None, ratio: float | None) -> tuple[str, str]:
    return "" if their is None else number(their), "" if ratio is None else f"{ratio:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
