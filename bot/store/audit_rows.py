"""The record of every act and refusal: rows are only added, each after the last of its workspace.

What people did before this table was there is in `deeds`; a release that came before still writes there. Cards and
lists of what somebody did read both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Row,
    bindparam,
    delete,
    desc,
    false,
    func,
    insert,
    or_,
    select,
    union,
    union_all,
    update,
)

from bot.domain.audit_chain import ACCEPTED, PrunedRun, list_accepted
from bot.domain.audit_filter import AuditFilter
from bot.domain.audit_records import (
    CONSOLE_CHAIN,
    FIRST_HASH,
    PURGED,
    AuditKind,
    AuditRecord,
    AuditResult,
    ChainedRecord,
    ChainHead,
    build_chained,
    to_canonical_json,
)
from bot.messages import AuditEntry
from bot.store.engine.statements import Repository, bind_columns, bind_key, build_insert
from bot.store.tables.audit_chains import audit, audit_heads
from bot.store.tables.workspaces import deeds

_DONE_TO_PIPELINE = (audit.c.kind == AuditKind.ACT, audit.c.result == AuditResult.DONE, audit.c.pipeline_id != "")
_NEW = select(audit.c.pipeline_id, audit.c.workspace, audit.c.user, audit.c.what.label("text"), audit.c.at)
_OLD = select(deeds.c.pipeline_id, deeds.c.workspace, deeds.c.user, deeds.c.text, deeds.c.done_at.label("at"))
_OF_PIPELINE = union_all(
    _NEW.where(bind_columns(audit, "pipeline_id"), *_DONE_TO_PIPELINE),
    _OLD.where(bind_columns(deeds, "pipeline_id")),
).order_by("at")
_BY_USER = (
    union_all(
        _NEW.where(bind_columns(audit, "workspace", "user"), *_DONE_TO_PIPELINE),
        _OLD.where(bind_columns(deeds, "workspace", "user")),
    )
    .order_by(desc("at"))
    .limit(bindparam("limit", type_=Integer()))
)
_CHAIN = (
    select(audit)
    .where(bind_columns(audit, "workspace"), audit.c.seq > bindparam("after", type_=Integer()))
    .order_by(audit.c.seq)
    .limit(bindparam("limit", type_=Integer()))
)
_MARKS = select(audit).where(bind_columns(audit, "workspace"), audit.c.kind == AuditKind.CHAIN).order_by(audit.c.seq)
_ACCEPTED = _MARKS.where(audit.c.act == ACCEPTED)
_HEAD = select(audit_heads).where(bind_columns(audit_heads, "workspace"))
_MOST_PRUNED, _MOST_RUNS = 2_000, 40
"""At once: the row that tells of it has to hold all runs."""
_TOOK_EFFECT = (AuditResult.DONE, AuditResult.UNKNOWN)
_APPEND = insert(audit)
_SET_HEAD = update(audit_heads).where(bind_key(audit_heads, "workspace"))


class AuditRepository(Repository):
    async def insert_chained(self, records: Iterable[AuditRecord]) -> list[ChainedRecord]:
        """As the last thing in a transaction: until it is committed, whoever wants to append there has to wait."""
        chained: list[ChainedRecord] = []
        by_chain = sorted(records, key=_get_workspace)
        for workspace, group in groupby(by_chain, _get_workspace):
            chained += await self._append_to(workspace, list(group))
        return chained

    async def _append_to(self, workspace: str, records: list[AuditRecord]) -> list[ChainedRecord]:
        claim = {"workspace": workspace, "seq": len(records), "hash": FIRST_HASH}
        claimed = await self._connection.execute(_build_claim(self._connection.dialect.name), claim)
        head = claimed.one()
        last, last_hash = head.seq, head.hash
        chained = []
        for seq, record in enumerate(records, last - len(records) + 1):
            chained.append(build_chained(record, seq, last_hash))
            last_hash = chained[-1].hash
        await self._connection.execute(_APPEND, [_to_values(one) for one in chained])
        await self._connection.execute(_SET_HEAD, {"this_workspace": workspace, "hash": last_hash})
        return chained

    async def list_chain(self, workspace: str, *, after: int = 0, limit: int = 1_000) -> list[ChainedRecord]:
        """Rows of one chain in their order, those after this one."""
        some = {"workspace": workspace, "after": after, "limit": limit}
        return [_build_record(row) for row in await self._connection.execute(_CHAIN, some)]

    async def list_marks(self, workspace: str) -> list[ChainedRecord]:
        """The rows of a chain that tell of the chain itself."""
        return [_build_record(row) for row in await self._connection.execute(_MARKS, {"workspace": workspace})]

    async def prune(self, workspace: str, kind: str, before: datetime) -> list[PrunedRun]:
        """Delete the oldest rows of a kind. What went has to be recorded in the same transaction, for the chain.

        Rows at an accepted break stay: without them nobody could tell it from another one. A receipt of a purge stays:
        it says where that chain went.
        """
        marks = [_build_record(row) for row in await self._connection.execute(_ACCEPTED, {"workspace": workspace})]
        at_breaks = (audit.c.seq.between(one.after, one.next) for one in list_accepted(marks))
        old = select(audit.c.seq, audit.c.prev_hash, audit.c.hash).where(
            audit.c.workspace == workspace,
            audit.c.kind == kind,
            audit.c.act != PURGED,
            audit.c.at < before,
            ~or_(false(), *at_breaks),
        )
        rows = (await self._connection.execute(old.order_by(audit.c.seq).limit(_MOST_PRUNED))).all()
        runs = _join_runs(PrunedRun(row.seq, row.seq, row.prev_hash, row.hash) for row in rows)[:_MOST_RUNS]
        for run in runs:
            theirs = (audit.c.workspace == workspace, audit.c.seq.between(run.first, run.last))
            await self._connection.execute(delete(audit).where(*theirs))
        return runs

    async def find_head(self, workspace: str) -> ChainHead | None:
        """Where its chain ends, as whoever appended last has written."""
        row = (await self._connection.execute(_HEAD, {"workspace": workspace})).one_or_none()
        return ChainHead(row.workspace, row.seq, row.hash) if row else None

    async def find_hash(self, workspace: str, seq: int) -> str | None:
        """Of one row; None where it is not there."""
        wanted = select(audit.c.hash).where(audit.c.workspace == workspace, audit.c.seq == seq)
        found: str | None = await self._connection.scalar(wanted)
        return found

    async def find_last_moment(self) -> datetime | None:
        """When the newest row of all was written, as far as chains say where they end."""
        is_last = (audit.c.workspace == audit_heads.c.workspace) & (audit.c.seq == audit_heads.c.seq)
        found: datetime | None = await self._connection.scalar(select(func.max(audit.c.at)).where(is_last))
        return found

    async def set_head(self, head: ChainHead) -> None:
        """Rows are added after this one from now on."""
        await self._upsert(audit_heads, head._asdict(), ["workspace"])

    async def list_chains(self) -> list[str]:
        """Also one of which nothing says any more where it ends."""
        theirs = union(select(audit.c.workspace), select(audit_heads.c.workspace))
        return sorted(await self._connection.scalars(theirs))

    async def find_purged(self, workspace: str) -> int | None:
        """The last row of its chain that went with the workspace, whether or not it has begun anew; None: none went."""
        told = to_canonical_json({"workspace": workspace})[1:-1]
        receipts = select(audit.c.detail).where(
            audit.c.workspace == CONSOLE_CHAIN, audit.c.act == PURGED, audit.c.detail.contains(told, autoescape=True)
        )
        details = [_read_detail(one) for one in await self._connection.scalars(receipts)]
        return max((one.get("seq", 0) for one in details), default=None)

    async def list_heads(self) -> list[ChainHead]:
        rows = await self._connection.execute(select(audit_heads).order_by(audit_heads.c.workspace))
        return [ChainHead(row.workspace, row.seq, row.hash) for row in rows]

    async def list_page(self, workspace: str, wanted: AuditFilter, *, skip: int, limit: int) -> list[ChainedRecord]:
        """The newest first."""
        found = select(audit).where(audit.c.workspace == workspace, *_list_conditions(wanted))
        page = found.order_by(audit.c.seq.desc()).offset(skip).limit(limit)
        return [_build_record(row) for row in await self._connection.execute(page)]

    async def list_for_pipeline(self, pipeline_id: str) -> list[AuditEntry]:
        """Oldest first."""
        rows = await self._connection.execute(_OF_PIPELINE, {"pipeline_id": pipeline_id})
        return [_build_entry(row) for row in rows]

    async def list_for_schedule(self, workspace: str, schedule_id: str) -> list[AuditRecord]:
        """What was done to this schedule at CircleCI, oldest first: it is told in what was asked, or answered."""
        theirs = (audit.c.workspace == workspace, audit.c.kind == AuditKind.ACT, audit.c.act == "schedules")
        told = audit.c.detail.contains(schedule_id, autoescape=True)
        found = select(audit).where(*theirs, audit.c.result.in_(_TOOK_EFFECT), told).order_by(audit.c.seq)
        return [_build_record(row).record for row in await self._connection.execute(found)]

    async def list_by_user(self, workspace: str, user: str, limit: int) -> list[AuditEntry]:
        """What this person did last to pipelines, the newest first."""
        rows = await self._connection.execute(_BY_USER, {"workspace": workspace, "user": user, "limit": limit})
        return [_build_entry(row) for row in rows]


def _list_conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.project:
        theirs = audit.c.project.endswith(f"/{wanted.project}", autoescape=True)
        yield or_(audit.c.project == wanted.project, theirs)
    for name in ("user", "result"):
        if value := getattr(wanted, name):
            yield audit.c[name] == value
    if wanted.act:
        yield or_(audit.c.act == wanted.act, audit.c.kind == wanted.act)
    if wanted.since:
        yield audit.c.at >= wanted.since


def _join_runs(rows: Iterable[PrunedRun]) -> list[PrunedRun]:
    runs: list[PrunedRun] = []
    for row in rows:
        if runs and runs[-1].last + 1 == row.first:
            runs[-1] = runs[-1]._replace(last=row.last, hash=row.hash)
        else:
            runs.append(row)
    return runs


@cache
def _build_claim(dialect: str) -> Insert:
    """Numbers for new rows: it answers the last of them, and the hash of the row before."""
    first = build_insert(audit_heads, dialect)
    more = {"seq": audit_heads.c.seq + first.excluded.seq}
    claim: Insert = first.on_conflict_do_update(index_elements=["workspace"], set_=more)
    return claim.returning(audit_heads.c.seq, audit_heads.c.hash)


def _get_workspace(record: AuditRecord) -> str:
    return record.workspace


def _to_values(one: ChainedRecord) -> dict[str, Any]:
    fields = {name: getattr(one.record, name) for name in AuditRecord.__dataclass_fields__}
    detail = to_canonical_json(one.record.detail)
    return {**fields, "detail": detail, "seq": one.seq, "prev_hash": one.prev_hash, "hash": one.hash}


def _build_record(row: Row[Any]) -> ChainedRecord:
    fields = {name: getattr(row, name) for name in AuditRecord.__dataclass_fields__}
    fields["detail"] = _read_detail(row.detail)
    return ChainedRecord(AuditRecord(**fields), row.seq, row.prev_hash, row.hash)


def _read_detail(text: str) -> dict[str, Any]:
    """As it was written; what somebody changed to something else is shown, and does not fit its hash."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"unreadable": text}


def _build_entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.pipeline_id, row.workspace, row.user, row.text, row.at)
