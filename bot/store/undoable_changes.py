"""What people changed lately, with how it was before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.rules.undoable_change import UNDO_FOR, Thing, ThingChange, ThingKind, UndoableChange
from bot.store.engine.statements import Repository
from bot.store.tables.undoing import undos

_MOST = 100


class UndoableChangeRepository(Repository):
    async def insert(self, change: UndoableChange) -> UndoableChange:
        """With its id."""
        values = {name: getattr(change, name) for name in ("workspace", "channel", "user", "act", "made_at")}
        written = {"changes": json.dumps([_to_plain(one) for one in change.changes]), "notices": "{}"}
        new = undos.insert().values(**values, **written).returning(undos.c.id)
        return replace(change, id=(await self._connection.execute(new)).scalar_one())

    async def set_notices(self, change: UndoableChange, notices: Mapping[str, str]) -> None:
        """These tell of it; they are to be looked at when it can no longer be undone."""
        values = {"notices": json.dumps(dict(notices)), "next_look_at": change.ends_at if notices else None}
        await self._connection.execute(update(undos).where(undos.c.id == change.id).values(**values))

    async def set_next_look_at(self, change: UndoableChange, at: datetime | None) -> None:
        """Its notices are looked at again then; None: they stay as they are."""
        await self._connection.execute(update(undos).where(undos.c.id == change.id).values(next_look_at=at))

    async def find(self, workspace: str, change_id: int) -> UndoableChange | None:
        query = select(undos).where(undos.c.workspace == workspace, undos.c.id == change_id)
        row = (await self._connection.execute(query)).one_or_none()
        return _build_change(row) if row else None

    async def list_recent(self, workspace: str, channels: Sequence[str], now: datetime) -> list[UndoableChange]:
        """What was changed at these places in the last ten minutes, the newest first; some of it is undone again."""
        query = (
            select(undos)
            .where(undos.c.workspace == workspace, undos.c.channel.in_(channels))
            .where(undos.c.made_at > now - UNDO_FOR)
            .order_by(undos.c.id.desc())
            .limit(_MOST)
        )
        return [_build_change(row) for row in await self._connection.execute(query)]

    async def list_open(self, workspace: str, channel: str) -> list[UndoableChange]:
        """Those whose notices have a button."""
        open_here = (undos.c.workspace == workspace) & (undos.c.channel == channel) & undos.c.next_look_at.is_not(None)
        query = select(undos).where(open_here).order_by(undos.c.id.desc()).limit(_MOST)
        return [_build_change(row) for row in await self._connection.execute(query)]

    async def list_due(self, now: datetime) -> list[UndoableChange]:
        """Those whose notices are to be looked at, a hundred of them."""
        query = select(undos).where(undos.c.next_look_at <= now).order_by(undos.c.next_look_at).limit(_MOST)
        return [_build_change(row) for row in await self._connection.execute(query)]

    async def mark_undone(self, change: UndoableChange, user: str) -> bool:
        """False when somebody was quicker."""
        ours = update(undos).where(undos.c.id == change.id, undos.c.undone_by.is_(None)).values(undone_by=user)
        return (await self._connection.execute(ours)).rowcount == 1

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(undos).where(undos.c.made_at < before))).rowcount


def _to_plain(one: ThingChange) -> dict[str, Any]:
    return {"kind": one.thing.kind, "about": one.thing.about, "before": one.before, "after": one.after}


def _build_change(row: Row[Any]) -> UndoableChange:
    """A kind that only a newer release knows is left out: it cannot be put back by this one."""
    known = set(ThingKind)
    return UndoableChange(
        id=row.id,
        workspace=row.workspace,
        channel=row.channel,
        user=row.user,
        act=row.act,
        changes=tuple(
            ThingChange(Thing(ThingKind(one["kind"]), one["about"]), one["before"], one["after"])
            for one in json.loads(row.changes)
            if one["kind"] in known
        ),
        made_at=row.made_at,
        notices=json.loads(row.notices),
        undone_by=row.undone_by,
    )
