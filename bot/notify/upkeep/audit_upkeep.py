"""What the record needs now and then: it is read again, its end told, old rows go, an act without an end gets one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.actions import chain_walk
from bot.actions.known_heads import KnownHeads
from bot.actions.put_back import record_put_back
from bot.blocks import audit_blocks
from bot.clock import Clock
from bot.domain.audit_chain import PRUNED
from bot.domain.audit_records import AuditKind, AuditRecord, AuditResult
from bot.notify.upkeep.periodic import Periodic
from bot.store.pipelines import RETENTION
from bot.store.store import Store

EVERY_S = 600.0
_ENDED_AFTER = timedelta(minutes=15)
"""No act takes so long: the process that began it is gone."""


def parse_retention(text: str) -> dict[str, timedelta]:
    """RETENTION_AUDIT: how long rows of a kind stay. Cards name who acted, so acts stay as long as their pipelines."""
    pairs = (part.split("=") for part in text.split(",") if part)
    kept = {kind: timedelta(days=int(days)) for kind, days in pairs if kind in set(AuditKind) - {AuditKind.CHAIN}}
    return {kind: max(span, RETENTION) if kind == AuditKind.ACT else span for kind, span in kept.items()}


def _begin_day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


class AuditUpkeep(Periodic):
    lease = "audit"

    def __init__(
        self, *, store: Store, clock: Clock, holder: str, kept: Mapping[str, timedelta], heads: KnownHeads
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._kept = kept
        self._heads = heads

    async def run(self, now: datetime) -> None:
        await record_put_back(self._store, self._heads)
        await self._record_unended(now)
        await chain_walk.read_chains(self._store, now)
        await self._tell_heads(now)
        await self._prune_all(now)

    async def _prune_all(self, now: datetime) -> None:
        """Whole days. A chain that is broken keeps its rows: what went could no longer be told from what was taken."""
        async with self._store.begin_read() as tx:
            broken = {check.workspace for check in await tx.audit_checks.list_all() if check.fault}
            chains = {head.workspace for head in await tx.audit.list_heads()} - broken
        for workspace in sorted(chains):
            for kind, span in self._kept.items():
                while await self._prune(workspace, kind, _begin_day(now - span), now=now):
                    pass

    async def _record_unended(self, now: datetime) -> None:
        """CircleCI may have done it, or not: whoever asked was told so, or will be when they ask again."""
        async with self._store.begin() as tx:
            for one in await tx.idempotency_keys.claim_unended(now - _ENDED_AFTER, now):
                what = f"begun at {one.began_at:%Y-%m-%d %H:%M:%S} UTC, the process ended before CircleCI answered"
                tx.record(
                    AuditRecord(
                        workspace=one.workspace,
                        at=now,
                        kind=AuditKind.ACT,
                        act=one.act,
                        result=AuditResult.UNKNOWN,
                        user=one.user,
                        what=what,
                    )
                )

    async def _tell_heads(self, now: datetime) -> None:
        """Once a day and channel: a second time is a no-op by its key."""
        async with self._store.begin_read() as tx:
            places = await tx.audit_channels.list_daily()
        for workspace, channel in places:
            async with self._store.begin() as tx:
                if head := await tx.audit.find_head(workspace):
                    key, message = (
                        f"audit-head:{now:%Y-%m-%d}:{channel}",
                        partial(audit_blocks.render_head, head.seq, head.hash),
                    )
                    await tx.outbox.insert(f"{workspace}:{key}", workspace, channel, message=message, now=now)

    async def _prune(self, workspace: str, kind: str, before: datetime, *, now: datetime) -> bool:
        """Some rows, and the row that says which: so the chain stays whole. False when none is left."""
        async with self._store.begin() as tx:
            runs = await tx.audit.prune(workspace, kind, before)
            if runs:
                what = f"rows of {kind} from before {before:%Y-%m-%d %H:%M} UTC"
                detail = {PRUNED: runs}
                chain = AuditKind.CHAIN
                tx.record(AuditRecord(workspace=workspace, at=now, kind=chain, act=PRUNED, what=what, detail=detail))
        return bool(runs)
