"""Actions that must happen at most once: each is written down under its key before it is begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, select, update

from bot.store.engine.statements import Repository, bind_columns, bind_key
from bot.store.tables.workspaces import acts

_ONE = select(acts).where(bind_columns(acts, "key"))
_END = update(acts).where(bind_key(acts, "key"))


class IdempotencyState(StrEnum):
    """How far an action is that must happen at most once. As stored."""

    STARTED = "started"
    """It was written down before it was begun; a process that dies now leaves it so."""
    DONE = "done"
    """It happened; a repetition is answered with `result`."""
    UNKNOWN = "unknown"
    """CircleCI's answer was lost; `result` says what was found on a second look."""


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """An action that somebody began. `result` is what they were answered; what they typed is not kept."""

    key: str
    user: str
    state: IdempotencyState
    result: str
    began_at: datetime


class UnendedAct(NamedTuple):
    """An act that was begun by a process that ended before it could tell what came of it."""

    workspace: str
    user: str
    act: str
    began_at: datetime


class IdempotencyKeyRepository(Repository):
    async def begin(
        self, key: str, workspace: str, user: str, *, act: str = "", now: datetime
    ) -> IdempotencyRecord | None:
        """None: it is new, and the caller begins it. Otherwise the record of the request that began it before."""
        values = {
            "workspace": workspace,
            "user": user,
            "line": act,
            "state": IdempotencyState.STARTED,
            "result": "",
            "began_at": now,
        }
        new = await self._insert_if_new(acts, {"key": key, **values})
        if new:
            return None
        # The other request may just have failed and freed the key: then this one begins it.
        return await self.find(key) or await self.begin(key, workspace, user, act=act, now=now)

    async def find(self, key: str) -> IdempotencyRecord | None:
        row = (await self._connection.execute(_ONE, {"key": key})).one_or_none()
        return (
            IdempotencyRecord(row.key, row.user, IdempotencyState(row.state), row.result, row.began_at) if row else None
        )

    async def end(self, key: str, state: IdempotencyState, result: str, *, now: datetime) -> None:
        values = {"state": state, "result": result, "ended_at": now}
        await self._connection.execute(_END, {"this_key": key, **values})

    async def delete(self, key: str) -> None:
        """It certainly did not happen: it may be begun again."""
        await self._connection.execute(delete(acts).where(acts.c.key == key))

    async def claim_unended(self, before: datetime, now: datetime) -> list[UnendedAct]:
        """Those begun before then of which no process has told the end: each is handed out once."""
        stuck = (acts.c.state == IdempotencyState.STARTED, acts.c.ended_at.is_(None), acts.c.began_at < before)
        claimed = update(acts).where(*stuck).values(ended_at=now)
        found = await self._connection.execute(
            claimed.returning(acts.c.workspace, acts.c.user, acts.c.line, acts.c.began_at)
        )
        return [UnendedAct(row.workspace, row.user, row.line, row.began_at) for row in found]

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(acts).where(acts.c.began_at < before))).rowcount
