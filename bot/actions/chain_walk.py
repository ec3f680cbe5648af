"""Each chain of the record is read again and again, a part at a time, so that nobody has to ask whether it is whole.

At once `AT_ONCE` rows are read, of all chains together, whichever was looked at longest ago first. New rows are so
compared within minutes; a round over a chain begins anew a day after it began, or when it ends, if that is later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.actions.audit_reading import HEADLESS, PAGE
from bot.domain.audit_chain import ChainCheck, ChainFault, ChainReading, build_reading
from bot.domain.audit_records import FIRST_HASH, ChainedRecord, ChainHead
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

AT_ONCE = 5_000
"""Half a second's work, every ten minutes: a million rows are read in a day and a half."""
_ROUND = timedelta(days=1)
_LAST_ROWS = 100


async def read_chains(store: Store, now: datetime, at_once: int = AT_ONCE) -> None:
    """Some rows further. What does not fit is logged once, and kept."""
    async with store.begin_read() as tx:
        known = {check.workspace: check for check in await tx.audit_checks.list_all()}
        new = [workspace for workspace in await tx.audit.list_chains() if workspace not in known]
    for workspace in (*new, *known):
        if at_once > 0:
            before = known.get(workspace) or ChainCheck(workspace=workspace, began_at=now, looked_at=now)
            at_once -= await _walk(store, _begin_round(before, now), now, at_once)


def _begin_round(check: ChainCheck, now: datetime) -> ChainCheck:
    if check.fault or not (check.whole_at and check.whole_at >= check.began_at) or now - check.began_at < _ROUND:
        return check
    return replace(check, seq=0, hash=FIRST_HASH, began_at=now)


async def _walk(store: Store, check: ChainCheck, now: datetime, at_once: int) -> int:
    """How many rows were read."""
    async with store.begin_read() as tx:
        reading = build_reading(await tx.audit.list_marks(check.workspace))
    reading.start_behind(check.seq, check.hash)
    read, after, is_end, fault = 0, reading.seq, False, None
    while not (is_end or fault) and (read < at_once or reading.standing):
        async with store.begin_read() as tx:
            head = await tx.audit.find_head(check.workspace)
            rows = await tx.audit.list_chain(check.workspace, after=after, limit=PAGE)
        read, after, is_end = read + len(rows), rows[-1].seq if rows else after, len(rows) < PAGE
        fault = _read_rows(reading, rows) or (_read_end(reading, head) if is_end else None)
    whole_at = now if is_end and not fault else check.whole_at
    found_at = (check.found_at or now) if fault else None
    found = replace(check, seq=reading.seq, hash=reading.hash, looked_at=now)
    await _keep(store, check, replace(found, whole_at=whole_at, fault=fault, found_at=found_at))
    return read


def _read_rows(reading: ChainReading, rows: Sequence[ChainedRecord]) -> ChainFault | None:
    return next((fault for row in rows if (fault := reading.read_row(row))), None)


def _read_end(reading: ChainReading, head: ChainHead | None) -> ChainFault | None:
    return reading.read_end(head) if head else ChainFault(max(reading.seq, 1), HEADLESS)


async def _keep(store: Store, before: ChainCheck, found: ChainCheck) -> None:
    """Of a workspace that was purged meanwhile nothing is kept."""
    async with store.begin() as tx:
        gone = found.fault and await tx.audit.find_head(found.workspace) is None
        if gone and await tx.audit.find_purged(found.workspace) is not None:
            await tx.audit_checks.delete(found.workspace)
            return
        await tx.audit_checks.upsert(found)
    if found.fault and not before.fault:
        mend = f"circlebot audit verify --workspace {found.workspace}"
        log.error("audit.broken", workspace=found.workspace, row=found.fault.seq, why=found.fault.said, mend=mend)


async def find_fault(tx: Tx, workspace: str, now: datetime) -> tuple[ChainFault, datetime] | None:
    """What does not fit, and since when that is known: in what was read, or else in the last rows, read now."""
    check = await tx.audit_checks.find(workspace)
    if check and check.fault and check.found_at:
        return check.fault, check.found_at
    head = await tx.audit.find_head(workspace)
    reading = build_reading(await tx.audit.list_marks(workspace))
    after = max(head.seq - _LAST_ROWS, 0) if head else 0
    rows = await tx.audit.list_chain(workspace, after=after, limit=_LAST_ROWS)
    if rows and after:
        reading.start_behind(rows[0].seq - 1, rows[0].prev_hash)
    if not (head or rows):
        return None
    fault = _read_rows(reading, rows) or _read_end(reading, head)
    is_accepted = fault and any(one.after <= fault.seq < one.next for one in reading.breaks.values())
    return (fault, now) if fault and not is_accepted else None
