"""Commands that wait for their person to connect: one a person, the newest wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete

from bot.store.connection import Connection
from bot.store.rows import Noun, given
from bot.store.tables import waiting
from bot.store.vault import Vault, VaultError

_TAKE = delete(waiting).where(given(waiting, "workspace", "user")).returning(waiting)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was asked, and where the answer goes. `reply_to` is Slack's response_url.

    `written` says that the line is one of ours; an older release kept it as it was typed.
    """

    line: str
    channel: str | None
    thread_ts: str | None
    asked_at: datetime
    reply_to: str | None = field(default=None, repr=False)
    written: bool = True


class Waitings(Noun):
    def __init__(self, connection: Connection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def keep(
        self,
        workspace: str,
        user: str,
        line: str,
        channel: str | None,
        reply_to: str | None,
        thread_ts: str | None,
        asked_at: datetime,
    ) -> None:
        """The line is one that we wrote (`written`); before that release it was kept as it was typed."""
        values = {
            "workspace": workspace,
            "user": user,
            "line": line,
            "channel": channel,
            "reply_to_sealed": self._vault.seal(owner(workspace, user), reply_to) if reply_to else None,
            "thread_ts": thread_ts,
            "asked_at": asked_at,
            "written": True,
        }
        await self._upsert(waiting, values, ("workspace", "user"))

    async def take(self, workspace: str, user: str, after: datetime) -> Waiting | None:
        """The waiting command, gone with the taking. What was asked before `after` is forgotten.

        So is what no longer opens: it must not keep its person from connecting.
        """
        row = (await self._connection.execute(_TAKE, {"workspace": workspace, "user": user})).one_or_none()
        if row is None or row.asked_at < after:
            return None
        sealed = row.reply_to_sealed
        try:
            reply_to = self._vault.open(owner(workspace, user), sealed) if sealed else None
        except VaultError:
            return None
        return Waiting(row.line, row.channel, row.thread_ts, row.asked_at, reply_to, row.written)


def owner(workspace: str, user: str) -> str:
    return f"waiting:{workspace}:{user}"
