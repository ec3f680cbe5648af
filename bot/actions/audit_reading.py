"""To read a chain of the record from end to end, a page at a time: nobody who writes waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.domain.audit_chain import ChainFault, ChainReading, list_runs
from bot.domain.audit_records import ChainedRecord
from bot.store.store import Store

_PAGE = 500


async def iter_rows(store: Store, workspace: str) -> AsyncIterator[ChainedRecord]:
    after, more = 0, True
    while more:
        async with store.begin_read() as tx:
            page = await tx.audit.list_chain(workspace, after=after, limit=_PAGE)
        for row in page:
            yield row
            after = row.seq
        more = len(page) == _PAGE


async def verify_chain(
    store: Store, workspace: str, wanted: str | None = None
) -> tuple[ChainReading, ChainFault | None]:
    """What was read, and the first thing that is wrong. What is recorded meanwhile is not missed."""
    async with store.begin_read() as tx:
        head, marks = await tx.audit.find_head(workspace), await tx.audit.list_marks(workspace)
    reading, is_headless = ChainReading(list_runs(marks), wanted), head is None
    async for row in iter_rows(store, workspace):
        if fault := reading.read_row(row):
            return reading, fault
        if head and row.seq == head.seq and row.hash == head.hash:
            head = None
    if is_headless and reading.seq:
        return reading, ChainFault(reading.seq, "nothing says any more where the chain ends")
    return reading, reading.read_end(head) if head else None
