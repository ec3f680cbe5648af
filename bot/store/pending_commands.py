"""Commands that wait for their person to connect: one a person, the newest wins, sealed, and for half an hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, update

from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import waiting
from bot.store.vault import Vault, VaultError

PENDING_FOR = timedelta(minutes=30)
"""As long as Slack takes an answer to what was asked (slack docs: response_url)."""

_TAKE = delete(waiting).where(bind_columns(waiting, "workspace", "user")).returning(waiting)


@dataclass(frozen=True, slots=True)
class PendingCommand:
    """What was asked, and where the answer goes. `reply_to` is Slack's response_url.

    `in_place` says that it is that of the message which asked to connect: the answer takes its place.
    `written` says that the line is one of ours; an older release kept it as it was typed.
    """

    line: str
    channel: str | None
    thread_ts: str | None
    asked_at: datetime
    reply_to: str | None = field(default=None, repr=False)
    written: bool = True
    in_place: bool = False


class PendingCommandRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def upsert(
        self,
        workspace: str,
        user: str,
        line: str,
        *,
        channel: str | None,
        reply_to: str | None,
        thread_ts: str | None,
        asked_at: datetime,
    ) -> None:
        """The line is one that we wrote (`written`); before that release it was kept as it was typed."""
        values = {
            "workspace": workspace,
            "user": user,
            "line": line.partition(" ")[0],  # An older release takes it for all there is.
            "line_sealed": self._vault.seal(format_owner(workspace, user), line, known=False),
            "channel": channel,
            "reply_to_sealed": self._vault.seal(format_owner(workspace, user), reply_to) if reply_to else None,
            "thread_ts": thread_ts,
            "asked_at": asked_at,
            "written": True,
            "in_place": False,
        }
        await self._upsert(waiting, values, ("workspace", "user"))

    async def set_reply_to(self, workspace: str, user: str, reply_to: str) -> None:
        """The answer to what waits takes the place of the message that this response_url is of."""
        sealed = self._vault.seal(format_owner(workspace, user), reply_to)
        aimed = update(waiting).where(waiting.c.workspace == workspace, waiting.c.user == user)
        await self._connection.execute(aimed.values(reply_to_sealed=sealed, in_place=True))

    async def take(self, workspace: str, user: str, after: datetime) -> PendingCommand | None:
        """The waiting command, gone with the taking. What was asked before `after` is forgotten.

        So is what no longer opens: it must not keep its person from connecting.
        """
        row = (await self._connection.execute(_TAKE, {"workspace": workspace, "user": user})).one_or_none()
        if row is None or row.asked_at < after:
            return None
        try:
            line = self._open_sealed(row, row.line_sealed, known=False) or row.line
            reply_to = self._open_sealed(row, row.reply_to_sealed)
        except VaultError:
            return None
        return PendingCommand(line, row.channel, row.thread_ts, row.asked_at, reply_to, row.written, row.in_place)

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(waiting).where(waiting.c.asked_at < before))).rowcount

    def _open_sealed(self, row: Row[Any], sealed: str | None, *, known: bool = True) -> str | None:
        return self._vault.open(format_owner(row.workspace, row.user), sealed, known=known) if sealed else None


def format_owner(workspace: str, user: str) -> str:
    return f"waiting:{workspace}:{user}"
