"""What an operator did at the command line is recorded, as far as it changes something or hands something out."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Any

from bot.domain.audit_records import CONSOLE_CHAIN, AuditKind, AuditRecord, Door
from bot.store.store import Store, Tx


def record_operation(
    tx: Tx, act: str, now: datetime, *, workspace: str = CONSOLE_CHAIN, kind: str = AuditKind.OPERATION, **known: Any
) -> None:
    """In the transaction that does it. Who it was, the machine's own account tells."""
    known["detail"] = {"account": _find_account(), **known.get("detail", {})}
    tx.record(
        AuditRecord(**{"workspace": workspace, "at": now, "kind": kind, "act": act, "door": Door.CONSOLE, **known})
    )


async def record_done(store: Store, act: str, **known: Any) -> None:
    """The same, where nothing of it is in a transaction of ours."""
    now = await store.now()
    async with store.begin() as tx:
        record_operation(tx, act, now, **known)


def _find_account() -> str:
    """A container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
