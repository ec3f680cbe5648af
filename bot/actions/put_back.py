"""A database that somebody put back by hand, without `circlebot restore`, is seen by what is known outside of it.

Each chain then says so in a row, and goes on from there. What waits to be said is looked for in Slack before it is
posted, as after a restore: it may have been posted since.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.actions.known_heads import KnownHeads
from bot.domain.audit_chain import RESTORED
from bot.domain.audit_records import CONSOLE_CHAIN, AuditKind, AuditRecord, ChainHead
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)


async def record_put_back(store: Store, heads: KnownHeads) -> list[ChainHead]:
    """The known ends of chains that are no longer there; afterwards those are known that are."""
    known, now = await heads.load(), await store.now()
    async with store.begin_read() as tx:
        lost = [head for head in known if not await _is_there(tx, head)]
    if lost:
        async with store.begin() as tx:
            for head in lost:
                where = head.workspace if await tx.audit.find_head(head.workspace) else CONSOLE_CHAIN
                what = f"the database was put back by hand: row {head.seq} of {head.workspace}, which was there, is not"
                tx.record(_build_record(where, now, what, head))
            if last_at := await tx.audit.find_last_moment():
                await tx.backups.mark_restored(min(last_at, now), now)
        chains = [f"{head.workspace} {head.seq}" for head in lost]
        log.error("database.put_back", lost=chains, mend="circlebot audit verify says what is known")
    async with store.begin_read() as tx:
        await heads.replace(await tx.audit.list_heads())
    return lost


def _build_record(workspace: str, now: datetime, what: str, lost: ChainHead) -> AuditRecord:
    detail = {"lost": lost._asdict()}
    return AuditRecord(workspace=workspace, at=now, kind=AuditKind.CHAIN, act=RESTORED, what=what, detail=detail)


async def _is_there(tx: Tx, head: ChainHead) -> bool:
    """Also where its row is no longer needed (it was pruned, or went with its workspace), or the chain is broken.

    Of what went with its workspace another process may have told nobody here; and it may have told that this is lost.
    """
    kept, end = await tx.audit.find_hash(head.workspace, head.seq), await tx.audit.find_head(head.workspace)
    if kept == head.hash or end == head or (kept is None and end and head.seq <= end.seq):
        return True
    purged = await tx.audit.find_purged(head.workspace)
    if purged is not None and (end is None or head.seq <= purged):
        return True
    marks = [*await tx.audit.list_marks(head.workspace), *await tx.audit.list_marks(CONSOLE_CHAIN)]
    return any(mark.record.detail.get("lost") == head._asdict() for mark in marks)
