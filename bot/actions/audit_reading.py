"""To read a chain of the record from end to end, a page at a time: nobody who writes waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.domain.audit_chain import ChainBreak, ChainFault, ChainReading, build_reading
from bot.domain.audit_records import ChainedRecord, ChainHead
from bot.store.store import Store, Tx

PAGE = 500
HEADLESS = "nothing says any more where the chain ends"


@dataclass(frozen=True, slots=True)
class FoundBreaks:
    """What does not fit in a chain, and where its head has to be so that it goes on; None where it is lost for good."""

    breaks: list[ChainBreak]
    head: ChainHead | None
    is_head_wrong: bool

    def is_same(self, other: FoundBreaks) -> bool:
        """Whether the same does not fit: a chain whose head is right goes on meanwhile."""
        heads = {one.head if one.is_head_wrong else None for one in (self, other)}
        return self.breaks == other.breaks and self.is_head_wrong == other.is_head_wrong and len(heads) == 1


async def iter_rows(store: Store, workspace: str) -> AsyncIterator[ChainedRecord]:
    after, more = 0, True
    while more:
        async with store.begin_read() as tx:
            page = await tx.audit.list_chain(workspace, after=after, limit=PAGE)
        for row in page:
            yield row
            after = row.seq
        more = len(page) == PAGE


async def verify_chain(
    store: Store, workspace: str, wanted: str | None = None
) -> tuple[ChainReading, ChainFault | None]:
    """What was read, and the first thing that is wrong. What is recorded meanwhile, or pruned, is not missed."""
    async with store.begin_read() as tx:
        head, marks = await tx.audit.find_head(workspace), await tx.audit.list_marks(workspace)
    reading = build_reading(marks, wanted)
    fault = await _read_to_end(store, workspace, reading, head=head)
    if fault is None:
        return reading, None
    async with store.begin_read() as tx:
        is_marked = await tx.audit.list_marks(workspace) != marks
    return await verify_chain(store, workspace, wanted) if is_marked else (reading, fault)


async def _read_to_end(
    store: Store, workspace: str, reading: ChainReading, *, head: ChainHead | None
) -> ChainFault | None:
    is_headless = head is None
    async for row in iter_rows(store, workspace):
        if fault := reading.read_row(row):
            return fault
        if head and row.seq == head.seq and row.hash == head.hash:
            head = None
    if is_headless and reading.seq:
        return ChainFault(reading.seq, HEADLESS)
    return reading.read_end(head) if head else None


async def find_breaks(store: Store, workspace: str) -> FoundBreaks:
    """All that does not fit and that nobody has accepted, at one moment."""
    async with store.begin_read() as tx:
        head, reading = await tx.audit.find_head(workspace), build_reading(await tx.audit.list_marks(workspace))
        last = await _read_past_faults(tx, workspace, reading)
    lost = last and ChainHead(workspace, last.seq, last.hash)
    ends = lost if lost and (head is None or head.seq < lost.seq) else head
    if ends:
        reading.skip_end(ends)
    known = reading.breaks.values()
    return FoundBreaks([one for one in reading.accepted if one not in known], ends, is_head_wrong=ends != head)


async def _read_past_faults(tx: Tx, workspace: str, reading: ChainReading) -> ChainedRecord | None:
    """The last row."""
    last = None
    while page := await tx.audit.list_chain(workspace, after=last.seq if last else 0, limit=PAGE):
        for row in page:
            if reading.read_row(row):
                reading.skip_fault(row)
        last = page[-1]
    return last
