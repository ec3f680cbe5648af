"""Starts that wait for others to approve them; what they say is sealed, since a value may be a secret."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, insert, literal, or_, select, update

from bot.rules.start_request import StartRequest, StartState, StartTarget
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.approving import approvals, start_requests
from bot.store.vault import Vault, VaultError

_NOW = bindparam("now", type_=UtcDateTime())
_WAITS = start_requests.c.state == StartState.WAITING
_BEGAN = start_requests.c.state == StartState.STARTING
_STANDS = or_(_WAITS, _BEGAN)
_ONE = select(start_requests).where(bind_columns(start_requests, "workspace", "id"))
_SAME = select(start_requests).where(bind_columns(start_requests, "workspace", "user", "mark"), _STANDS)
_THEIRS = select(start_requests).where(bind_columns(start_requests, "workspace", "user"), _STANDS)
_HERE = (
    select(start_requests)
    .where(bind_columns(start_requests, "workspace", "channel"), _STANDS)
    .order_by(start_requests.c.asked_at, start_requests.c.id)
)
_DUE = select(start_requests).where(_WAITS, start_requests.c.ends_at <= _NOW).order_by(start_requests.c.ends_at)

_ESCALATING = (
    select(start_requests)
    .join(
        approvals,
        and_(
            approvals.c.workspace == start_requests.c.workspace,
            approvals.c.subject == literal("start:") + start_requests.c.id,
        ),
    )
    .where(_WAITS, approvals.c.escalates_at <= _NOW)
    .order_by(approvals.c.escalates_at)
)
_STARTING = select(start_requests).where(_BEGAN).order_by(start_requests.c.asked_at)


class StartRequestRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def insert(self, new: StartRequest) -> None:
        known = {"line": new.line, "target": asdict(new.target), "what": new.what, "pipeline_id": new.pipeline_id}
        said = json.dumps({**known, "reason": new.reason})
        values = {
            "workspace": new.workspace,
            "id": new.id,
            "user": new.user,
            "team": new.team,
            "channel": new.channel,
            "thread_ts": new.thread_ts,
            "act": new.act,
            "mark": new.mark,
            "said_sealed": self._vault.seal(format_owner(new.workspace, new.id), said, known=False),
            "revision": new.revision,
            "author": new.author,
            "circleci_id": new.circleci_id,
            "asked_at": new.asked_at,
            "ends_at": new.ends_at,
            "state": new.state,
            "ended_by": None,
            "why": "",
        }
        await self._connection.execute(insert(start_requests).values(values))

    async def find(self, workspace: str, request_id: str) -> StartRequest | None:
        """None too where what it says does not open any more."""
        return await self._find(_ONE, {"workspace": workspace, "id": request_id})

    async def find_same(self, workspace: str, user: str, mark: str) -> StartRequest | None:
        """The one of this person for exactly this that has not ended."""
        return await self._find(_SAME, {"workspace": workspace, "user": user, "mark": mark})

    async def list_waiting(self, workspace: str, channel: str) -> list[StartRequest]:
        """Those that were asked for there and have not ended, the oldest first."""
        return await self._list(_HERE, {"workspace": workspace, "channel": channel})

    async def list_of_person(self, workspace: str, user: str) -> list[StartRequest]:
        """Theirs that have not ended."""
        return await self._list(_THEIRS, {"workspace": workspace, "user": user})

    async def list_due(self, now: datetime) -> list[StartRequest]:
        """Those that wait no longer, and nobody has said so."""
        return await self._list(_DUE, {"now": now})

    async def list_escalating(self, now: datetime) -> list[StartRequest]:
        """Those that nobody approved in time, of which others have not been told."""
        return await self._list(_ESCALATING, {"now": now})

    async def list_starting(self) -> list[StartRequest]:
        """Those that were approved, and of which nobody has said what became of them."""
        return await self._list(_STARTING, {})

    async def begin(self, start: StartRequest) -> bool:
        """It is being started from now on. False where it has ended."""
        return await self._change(start, _STANDS, {"state": StartState.STARTING})

    async def release(self, start: StartRequest) -> bool:
        """It waits again: who was about to start it did not get as far."""
        return await self._change(start, _BEGAN, {"state": StartState.WAITING})

    async def end(self, ended: StartRequest, *, begun: bool = False) -> bool:
        """As it says. False where it had ended before, or is being started, unless `begun`: that is how it ended.

        Who wrote the commit matters no more.
        """
        values = {"state": ended.state, "ended_by": ended.ended_by, "why": ended.why, "author": ""}
        return await self._change(ended, _STANDS if begun else _WAITS, values)

    async def _change(self, start: StartRequest, since: ColumnElement[bool], values: dict[str, Any]) -> bool:
        this = (start_requests.c.workspace == start.workspace, start_requests.c.id == start.id, since)
        return (await self._connection.execute(update(start_requests).where(*this).values(values))).rowcount == 1

    async def prune(self, before: datetime) -> int:
        return (
            await self._connection.execute(delete(start_requests).where(start_requests.c.asked_at < before))
        ).rowcount

    async def _find(self, query: Any, said: dict[str, Any]) -> StartRequest | None:
        return next(iter(await self._list(query, said)), None)

    async def _list(self, query: Any, said: dict[str, Any]) -> list[StartRequest]:
        rows = (await self._connection.execute(query, said)).all()
        return [one for one in map(self._open, rows) if one]

    def _open(self, row: Row[Any]) -> StartRequest | None:
        try:
            said = json.loads(self._vault.open(format_owner(row.workspace, row.id), row.said_sealed, known=False))
        except VaultError:
            return None
        return StartRequest(
            id=row.id,
            workspace=row.workspace,
            user=row.user,
            team=row.team,
            channel=row.channel,
            thread_ts=row.thread_ts,
            act=row.act,
            mark=row.mark,
            line=said["line"],
            target=StartTarget(**said["target"]),
            what=said.get("what", ""),
            reason=said.get("reason", ""),
            pipeline_id=said.get("pipeline_id", ""),
            revision=row.revision,
            author=row.author,
            circleci_id=row.circleci_id or "",
            asked_at=row.asked_at,
            ends_at=row.ends_at,
            state=StartState(row.state),
            ended_by=row.ended_by,
            why=row.why,
        )


def format_owner(workspace: str, request_id: str) -> str:
    return f"start:{workspace}:{request_id}"
