"""Reads a chain from its first row to its last, and finds where it no longer fits. Pure: the rows are handed in.

Rows may be missing where a later row of the chain says which went and why (`pruned`): so pruning leaves it whole. A
row of kind `chain` also says that the database was put back: what was recorded in between is gone then, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.audit_records import FIRST_HASH, AuditKind, ChainedRecord, ChainHead

PRUNED = "pruned"
"""The act of a row of kind `chain`, and what of its detail holds the runs of rows that went."""
RESTORED = "restored"
"""The act of a row that says that the database was put back."""


class PrunedRun(NamedTuple):
    """Rows one after the other that were pruned: the hash before the first of them, and that of the last."""

    first: int
    last: int
    prev_hash: str
    hash: str


class ChainFault(NamedTuple):
    """The number of the first row that does not fit, or is not there, and what is wrong."""

    seq: int
    said: str


@dataclass(slots=True)
class ChainReading:
    """What is known after the rows so far. `wanted` is a hash that somebody kept: `found` says that a row has it.

    `marks` are the rows that tell of the chain itself.
    """

    runs: dict[int, PrunedRun]
    wanted: str | None = None
    seq: int = 0
    hash: str = FIRST_HASH
    found: bool = False
    count: int = 0
    marks: list[ChainedRecord] = field(default_factory=list)

    def read_row(self, row: ChainedRecord) -> ChainFault | None:
        """The next row."""
        self._skip_pruned(row.seq)
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

    def _skip_pruned(self, until: int) -> None:
        while self.seq + 1 < until and (run := self.runs.get(self.seq + 1)) and run.prev_hash == self.hash:
            self._pass_rows(run.last, run.hash)

    def _pass_rows(self, last: int, its_hash: str) -> None:
        self.seq, self.hash = last, its_hash
        self.found = self.found or its_hash == self.wanted


def list_runs(marks: Iterable[ChainedRecord]) -> dict[int, PrunedRun]:
    """The runs that these rows tell of, by their first row."""
    told = (run for mark in marks for run in mark.record.detail.get(PRUNED, ()))
    runs = (PrunedRun(*run) for run in told if isinstance(run, list) and len(run) == len(PrunedRun._fields))
    return {run.first: run for run in runs}


def _format_missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _format_misfit(seq: int) -> str:
    return f"row {seq} was replaced: the next one followed another" if seq else "the first row follows another"
