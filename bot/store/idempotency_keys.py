"""Acts that must happen at most once: written down before they are begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store.engine.statements import Noun, given, this
from bot.store.tables.core import acts

_ONE = select(acts).where(given(acts, "key"))
_END = update(acts).where(this(acts, "key"))


@dataclass(frozen=True, slots=True)
class Act:
    """`state` is `started`, `done` or `unknown` (an answer of CircleCI was lost); `result` is what people were told.

    What they had typed is nobody's business any more.
    """

    key: str
    user: str
    state: str
    result: str
    began_at: datetime


class Acts(Noun):
    async def begin(self, key: str, workspace: str, user: str, now: datetime) -> Act | None:
        """None: nobody has begun this before, and now you have. Otherwise the act as it was begun."""
        values = {"workspace": workspace, "user": user, "line": "", "state": "started", "result": "", "began_at": now}
        new = await self._insert_new(acts, {"key": key, **values})
        if new:
            return None
        # Whoever began it may just have failed and freed the key: then it is to be begun after all.
        return await self.get(key) or await self.begin(key, workspace, user, now)

    async def get(self, key: str) -> Act | None:
        row = (await self._connection.execute(_ONE, {"key": key})).one_or_none()
        return Act(row.key, row.user, row.state, row.result, row.began_at) if row else None

    async def end(self, key: str, state: str, result: str, now: datetime) -> None:
        values = {"state": state, "result": result, "ended_at": now}
        await self._connection.execute(_END, {"this_key": key, **values})

    async def forget(self, key: str) -> None:
        """It certainly did not happen: it may be begun again."""
        await self._connection.execute(delete(acts).where(acts.c.key == key))

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(acts).where(acts.c.began_at < before))).rowcount
