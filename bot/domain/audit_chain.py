"""Reads a chain from its first row to its last, and finds where it no longer fits. Pure: the rows are handed in.

Rows may be missing where a later row of the chain says which went and why (`pruned`): so pruning leaves it whole. A
row of kind `chain` also says that the database was put back: what was recorded in between is gone then, and said to be.
What does not fit is a break, until an operator accepts it: then a row says where it is (`accepted`), and how the rows
in it stand. It stays a break, and the chain goes on behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.audit_records import FIRST_HASH, AuditKind, ChainedRecord, ChainHead

PRUNED = "pruned"
"""The act of a row of kind `chain`, and what of its detail holds the runs of rows that went."""
RESTORED = "restored"
"""The act of a row that says that the database was put back."""
ACCEPTED = "accepted"
"""The act of a row that accepts breaks, and what of its detail holds them."""


class PrunedRun(NamedTuple):
    """Rows one after the other that were pruned: the hash before the first of them, and that of the last."""

    first: int
    last: int
    prev_hash: str
    hash: str


class ChainBreak(NamedTuple):
    """The chain ends at row `after`, with that hash, and goes on at row `next`, which follows `prev_hash`.

    `standing` is over the rows in between as they stood when it was accepted: nobody changes them again unnoticed.
    """

    after: int
    hash: str
    next: int
    prev_hash: str
    standing: str

    def __str__(self) -> str:
        first, last = self.after + 1, self.next - 1
        if first > last:
            return f"row {self.after}, which row {self.next} does not follow"
        return f"row {first}" if first == last else f"rows {first} to {last}"


class ChainFault(NamedTuple):
    """The number of the first row that does not fit, or is not there, and what is wrong."""

    seq: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheck:
    """How far a chain was read and fits, in a round that began at its first row; `whole_at` is when one last ended.

    `fault` is what was found behind row `seq`, at `found_at`: it stays until it is accepted or put right.
    """

    workspace: str
    began_at: datetime
    looked_at: datetime
    seq: int = 0
    hash: str = FIRST_HASH
    whole_at: datetime | None = None
    fault: ChainFault | None = None
    found_at: datetime | None = None


@dataclass(slots=True)
class ChainReading:
    """What is known after the rows so far. `wanted` is a hash that somebody kept: `found` says that a row has it.

    `marks` are the rows that tell of the chain itself, `accepted` the breaks that were passed, `standing` is over the
    rows of the one that is being passed.
    """

    runs: dict[int, PrunedRun]
    breaks: dict[tuple[int, str], ChainBreak] = field(default_factory=dict)
    wanted: str | None = None
    seq: int = 0
    hash: str = FIRST_HASH
    found: bool = False
    count: int = 0
    marks: list[ChainedRecord] = field(default_factory=list)
    accepted: list[ChainBreak] = field(default_factory=list)
    standing: str = ""

    def read_row(self, row: ChainedRecord) -> ChainFault | None:
        """The next row."""
        self._skip_pruned(row.seq)
        if broken := self.breaks.get((self.seq, self.hash)):
            if row.seq < broken.next:
                self.standing = _add_standing(self.standing, row)
                return None
            if self.standing != broken.standing:
                return ChainFault(broken.after + 1, f"{broken} changed since that break was accepted")
            self._pass_break(broken)
        if row.seq != self.seq + 1:
            return ChainFault(self.seq + 1, _format_missing(self.seq + 1, row.seq - 1))
        if row.compute_hash() != row.hash:
            return ChainFault(row.seq, f"row {row.seq} was changed, or is not where it was written")
        if row.prev_hash != self.hash:
            return ChainFault(max(self.seq, 1), _format_misfit(self.seq))
        self._pass_rows(row.seq, row.hash)
        self.count += 1
        if row.record.kind == AuditKind.CHAIN:
            self.marks.append(row)
        return None

    def read_end(self, head: ChainHead) -> ChainFault | None:
        """After the last row: whether the chain ends where its head says."""
        self._skip_pruned(head.seq + 1)
        if head.seq > self.seq:
            return ChainFault(self.seq + 1, _format_missing(self.seq + 1, head.seq))
        if (head.seq, head.hash) != (self.seq, self.hash):
            return ChainFault(self.seq, f"the chain does not end where its head says, at row {head.seq}")
        return None

    def start_behind(self, seq: int, its_hash: str) -> None:
        """What comes up to that row was read before; it may have been pruned since."""
        over = (run for run in self.runs.values() if run.first <= seq < run.last)
        self._pass_rows(*next(((run.last, run.hash) for run in over), (seq, its_hash)))

    def skip_fault(self, row: ChainedRecord) -> None:
        """A row that does not fit: go on behind it, or with it where it is as it was written. For `list_breaks`."""
        if row.compute_hash() != row.hash:
            self.standing = _add_standing(self.standing, row)
            return
        self._pass_break(ChainBreak(self.seq, self.hash, row.seq, row.prev_hash, self.standing))
        self.read_row(row)

    def skip_end(self, head: ChainHead) -> None:
        """The chain goes on behind its head, whatever is missing before."""
        if (head.seq, head.hash) != (self.seq, self.hash):
            self._pass_break(ChainBreak(self.seq, self.hash, head.seq + 1, head.hash, self.standing))

    def _pass_break(self, broken: ChainBreak) -> None:
        self.accepted.append(broken)
        self._pass_rows(broken.next - 1, broken.prev_hash)
        self.standing = ""

    def _skip_pruned(self, until: int) -> None:
        while self.seq + 1 < until and (run := self.runs.get(self.seq + 1)) and run.prev_hash == self.hash:
            self._pass_rows(run.last, run.hash)

    def _pass_rows(self, last: int, its_hash: str) -> None:
        self.seq, self.hash = last, its_hash
        self.found = self.found or its_hash == self.wanted


def list_runs(marks: Iterable[ChainedRecord]) -> dict[int, PrunedRun]:
    """The runs that these rows tell of, by their first row."""
    runs = (PrunedRun(*run) for run in _list_told(marks, PRUNED) if len(run) == len(PrunedRun._fields))
    return {run.first: run for run in runs}


def list_accepted(marks: Iterable[ChainedRecord]) -> list[ChainBreak]:
    """The breaks that these rows accept; of two at the same place the later one counts."""
    return [ChainBreak(*one) for one in _list_told(marks, ACCEPTED) if len(one) == len(ChainBreak._fields)]


def build_reading(marks: Sequence[ChainedRecord], wanted: str | None = None) -> ChainReading:
    """Nothing is read yet; these rows say what may be missing, and what does not fit."""
    breaks = {(one.after, one.hash): one for one in list_accepted(marks)}
    return ChainReading(list_runs(marks), breaks, wanted)


def _list_told(marks: Iterable[ChainedRecord], act: str) -> Iterable[list[Any]]:
    told = (one for mark in marks for one in mark.record.detail.get(act, ()))
    return (one for one in told if isinstance(one, list))


def _add_standing(before: str, row: ChainedRecord) -> str:
    """How rows stand, one after the other."""
    return hashlib.sha256(f"{before}{row.seq}:{row.compute_hash()}".encode()).hexdigest()


def _format_missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _format_misfit(seq: int) -> str:
    return f"row {seq} was replaced: the next one followed another" if seq else "the first row follows another"
