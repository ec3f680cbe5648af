"""How far upkeep has read each chain of the record again, and where it does not fit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from bot.domain.audit_chain import ChainCheck, ChainFault
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.audit_chains import audit_checks

_OF = select(audit_checks).where(bind_columns(audit_checks, "workspace"))
_FORGET = delete(audit_checks).where(bind_columns(audit_checks, "workspace"))


class AuditCheckRepository(Repository):
    async def upsert(self, check: ChainCheck) -> None:
        fault = check.fault
        told = {"fault_seq": fault and fault.seq, "error": fault and fault.said, "found_at": check.found_at}
        times = {"began_at": check.began_at, "looked_at": check.looked_at, "whole_at": check.whole_at}
        values = {"workspace": check.workspace, "seq": check.seq, "hash": check.hash, **times, **told}
        await self._upsert(audit_checks, values, ["workspace"])

    async def find(self, workspace: str) -> ChainCheck | None:
        row = (await self._connection.execute(_OF, {"workspace": workspace})).one_or_none()
        return _build_check(row) if row else None

    async def list_all(self) -> list[ChainCheck]:
        """The one that was looked at longest ago first."""
        rows = await self._connection.execute(select(audit_checks).order_by(audit_checks.c.looked_at))
        return [_build_check(row) for row in rows]

    async def delete(self, workspace: str) -> None:
        """The chain is read from its first row next."""
        await self._connection.execute(_FORGET, {"workspace": workspace})


def _build_check(row: Row[Any]) -> ChainCheck:
    return ChainCheck(
        workspace=row.workspace,
        began_at=row.began_at,
        looked_at=row.looked_at,
        seq=row.seq,
        hash=row.hash,
        whole_at=row.whole_at,
        fault=None if row.fault_seq is None else ChainFault(row.fault_seq, row.error),
        found_at=row.found_at,
    )
