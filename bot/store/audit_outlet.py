"""What becomes of rows of the record beside the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.domain.audit_records import ChainedRecord

if TYPE_CHECKING:
    from bot.store.store import Tx


class AuditOutlet(Protocol):
    """What becomes of rows of the record: published with the transaction, and logged once it is committed."""

    async def publish(self, tx: Tx, rows: Sequence[ChainedRecord]) -> None: ...

    async def export(self, rows: Sequence[ChainedRecord]) -> None: ...
