"""To delete every row of a workspace for good, with a receipt. What was kept for whoever comes back goes too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit_records import CONSOLE_CHAIN, PURGED, AuditKind, AuditRecord, Door, to_canonical_json
from bot.store.store import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReceipt:
    """What is gone: rows by table. `hash` is over all of it, so that a copy can be compared with the record."""

    workspace: str
    purged_at: datetime
    rows: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.rows.values())

    @property
    def hash(self) -> str:
        said = {"workspace": self.workspace, "at": self.purged_at.isoformat(), "rows": dict(self.rows)}
        return hashlib.sha256(to_canonical_json(said).encode()).hexdigest()


async def purge_workspace(
    tx: Tx, workspace: str, *, now: datetime, door: Door, left_at: datetime | None = None
) -> PurgeReceipt | None:
    """The receipt is kept in the operator's record: the workspace's own goes with its rows.

    None, and nothing is deleted, where it is not gone (any more), or left anew since `left_at`.
    """
    gone_since = await tx.uninstalls.lock(workspace)
    if gone_since is None or left_at not in {None, gone_since} or await tx.installations.find(workspace):
        return None
    head = await tx.audit.find_head(workspace)
    receipt = PurgeReceipt(workspace=workspace, purged_at=now, rows=await tx.uninstalls.purge(workspace))
    tx.record(
        AuditRecord(
            workspace=CONSOLE_CHAIN,
            at=now,
            kind=AuditKind.INSTALL,
            act=PURGED,
            door=door,
            what=f"{receipt.count} rows of {workspace}",
            detail={
                "workspace": workspace,
                "rows": dict(receipt.rows),
                "sha256": receipt.hash,
                "head": head.hash if head else "",
                "seq": head.seq if head else 0,
            },
        )
    )
    return receipt
