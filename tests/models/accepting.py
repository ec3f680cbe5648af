"""Whether what delivery really did is a run of the model of posting: every line of a row an allowed step of it.

A trace says what workers do; what it does not say (Slack takes a request, a worker dies, a lease ends) may happen
between any two lines. So the model is in one of several worlds, and a line that none of them allows is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.models.posting import (
    CHECKED,
    CLAIMED,
    DEAD,
    IDLE,
    LOOKED,
    LOST,
    REFUSED,
    SENT,
    WORKERS,
    Budget,
    Safeguards,
    World,
    go,
    list_steps,
)

Worlds = frozenset[World]

_WHATEVER = Budget(deaths=math.inf, pauses=math.inf, refusals=math.inf, lost_answers=math.inf)
_SAFE = Safeguards()
_BLIND = Safeguards(looks_back=False)
_FIRST = World(budget=_WHATEVER)

_UNSEEN = (
    "dies", "is cut off", "outlives its lease", "need not look", "is taken", "hears nothing",
    "Slack takes what nobody waits for", "what nobody waits for is lost", "Slack shows it in its history",
)  # fmt: skip
"""What happens without a line."""

_SEEN = {
    ("look", "found"): "finds it",
    ("look", "absent"): "finds nothing",
    ("look", "unknown"): "may not look now",
    ("check", "ours"): "checks",
    ("check", "over"): "gives up",
    ("send", ""): "sends",
    ("answer", "sent"): "hears that it is sent",
    ("answer", "retry"): "is refused",
    ("answer", "gone"): "is refused",
}
_WRITES = {
    "sent": (SENT, {SENT}),
    "lost": (LOST, {LOST, CLAIMED, LOOKED, CHECKED}),
    "retry": (REFUSED, {REFUSED}),
    "later": (REFUSED, {LOOKED}),
    "gone": (REFUSED, {REFUSED, LOOKED, CLAIMED}),
}
"""What a worker knows that writes this down, and the phases in which it may. Whoever sent nothing may call it lost."""


@dataclass(frozen=True, slots=True)
class Line:
    step: str
    row: str
    attempt: str
    found: str = ""

    @property
    def is_over(self) -> bool:
        """The attempt does nothing after it."""
        return self.step == "settled" or (self.step, self.found) == ("check", "over")


def read_lines(path: Path) -> list[Line]:
    """The last line of a process that was killed may be torn."""
    read = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return [Line(one["step"], one["row"], one["attempt"], one["found"]) for one in read]


def list_refused(lines: Iterable[Line], *, may_look: bool = True) -> list[str]:
    """The lines that the model does not allow, and the posts of which nobody knows in the end how they went."""
    rows: dict[str, _Row] = {}
    refused = []
    for number, line in enumerate(lines, 1):
        row = rows.setdefault(line.row, _Row(may_look))
        if not row.is_refused and not row.accept(line):
            row.is_refused = True
            refused.append(f"line {number}: {line} after {row.told[-6:]}")
        row.told.append(f"{line.attempt[:4]} {line.step} {line.found}".rstrip())
    return refused + [f"{name} has no end: {row.told[-6:]}" for name, row in rows.items() if not row.has_ended()]


@dataclass
class _Row:
    """One row. Its posts are a run of the model, and each change of what is posted is another one."""

    may_look: bool
    is_refused: bool = False
    is_change: bool = False
    told: list[str] = field(default_factory=list)
    runs: dict[str, _Run] = field(default_factory=dict)
    """Of each attempt; who was frozen may end when another run has begun."""

    def __post_init__(self) -> None:
        self._run = _Run(self.may_look)

    def accept(self, line: Line) -> bool:
        if line.step == "claim":
            is_change = line.found == "change"
            is_anew = self._run.is_gone and line.found != "again"
            if is_change != self.is_change or is_anew or (is_change and self._run.may_be_sent()):
                self.is_change, self._run = is_change, _Run(self.may_look and not is_change)
            self.runs[line.attempt] = self._run
        return line.attempt in self.runs and self.runs[line.attempt].accept(line)

    def has_ended(self) -> bool:
        """What it knows of its post, where it was no change that somebody was stopped over."""
        return self.is_refused or self.is_change or self._run.has_ended()


@dataclass
class _Run:
    """`slots` are the model's workers that the attempts are, those in `writing` began to, and those in `over` ended.

    Those in `silent` had to give up their slot: they may look and write what they know, but they send nothing more.
    """

    may_look: bool
    worlds: Worlds = frozenset({_FIRST})
    is_gone: bool = False
    slots: dict[str, int] = field(default_factory=dict)
    writing: frozenset[int] = frozenset()
    over: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def accept(self, line: Line) -> bool:
        if line.attempt in self.over:
            return False
        if line.attempt in self.silent:
            return line.step != "send"
        if line.attempt in self.slots:
            self.slots[line.attempt] = self.slots.pop(line.attempt)
        self.worlds = self._claim(line) if line.step == "claim" else self._go_on(line, self.slots[line.attempt])
        if line.is_over:
            self._end(line.attempt)
        return bool(self.worlds)

    def may_be_sent(self) -> bool:
        return any(world.sent for world in self._spread())

    def has_ended(self) -> bool:
        """Some world knows how its post went, and nobody has it."""
        return self.is_gone or any(not world.attempted and world.holder is None for world in self._spread())

    def _spread(self) -> Worlds:
        return frozenset().union(*(_spread(world, self.writing, self.may_look) for world in self.worlds))

    def _claim(self, line: Line) -> Worlds:
        """It may not have been committed: then it never was."""
        slot = self._find_slot()
        self.slots[line.attempt] = slot
        free = {go(world, slot, IDLE) for world in self._spread() if world.phases[slot] in {IDLE, DEAD}}
        never = {go(world, slot, DEAD) for world in free}
        claimed = {after for world in free for after in self._take(world, slot, "claims")}
        if line.found != "change":
            claimed = {world for world in claimed if world.looks[slot] == (line.found == "again")}
        return frozenset(never | claimed)

    def _find_slot(self) -> int:
        """That of nobody, else of whoever was silent for longest: that one has died, or was frozen past its lease."""
        if len(self.slots) == len(WORKERS):
            self._silence(next(iter(self.slots)))
        return next(slot for slot in WORKERS if slot not in self.slots.values())

    def _silence(self, attempt: str) -> None:
        self.silent.add(attempt)
        self.writing -= {self.slots.pop(attempt)}

    def _end(self, attempt: str) -> None:
        self._silence(attempt)
        self.over.add(attempt)

    def _go_on(self, line: Line, slot: int) -> Worlds:
        worlds = self._spread()
        if line.step == "settle":
            self.is_gone = self.is_gone or line.found == "gone"
            self.writing |= {slot}
            known, phases = _WRITES[line.found]
            return frozenset(go(world, slot, known) for world in worlds if world.phases[slot] in phases)
        is_writing = slot in self.writing
        if is_writing != (line.step == "settled"):
            return frozenset()
        if is_writing:
            return frozenset(world for world in worlds if world.phases[slot] == IDLE)
        if phase := self._find_unseen_phase(line):
            return frozenset(world for world in worlds if world.phases[slot] == phase)
        return frozenset(after for world in worlds for after in self._take(world, slot, _SEEN[line.step, line.found]))

    def _find_unseen_phase(self, line: Line) -> str | None:
        """Where this line only says what may have happened without it."""
        if (line.step, line.found) == ("answer", "lost"):
            return LOST
        return LOOKED if (line.step, line.found) == ("look", "absent") and not self.may_look else None

    def _take(self, world: World, slot: int, label: str) -> Iterator[World]:
        return (after for told, after in _list_steps(world, self.may_look) if told == f"{slot} {label}")


@cache
def _list_steps(world: World, may_look: bool) -> list[tuple[str, World]]:
    """Where nobody may look in channels, direct messages can be read all the same."""
    steps = list(list_steps(world, _SAFE))
    steps += [] if may_look else list_steps(world, _BLIND)
    return [(label.replace("fault: ", ""), after) for label, after in steps]


@cache
def _spread(world: World, writing: frozenset[int], may_look: bool) -> Worlds:
    """The worlds that can be reached without a line; a worker that began to write down may have."""
    found, waiting = {world}, [world]
    written = {f"{slot} settles" for slot in writing}
    while waiting:
        for label, after in _list_steps(waiting.pop(), may_look):
            is_unseen = label.partition(" ")[2] in _UNSEEN or label in _UNSEEN or label in written
            if is_unseen and after not in found:
                found.add(after)
                waiting.append(after)
    return frozenset(found)
