"""What polling asks of each token, written down in parts of an hour: its limit is of the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select

from bot.domain.project_feeds import TokenOwner
from bot.store.engine.statements import Repository
from bot.store.tables.polling import spending

PART = timedelta(minutes=10)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """`requests` of the last hour; `an_hour` is CircleCI's limit for an hour, None where it names none."""

    owner: TokenOwner
    requests: int
    an_hour: int | None


_LAST_HOUR = (
    select(
        spending.c.workspace,
        spending.c.user,
        func.sum(spending.c.requests).label("requests"),
        func.max(spending.c.an_hour).label("an_hour"),
    )
    .where(spending.c.began_at > bindparam("since"))
    .group_by(spending.c.workspace, spending.c.user)
    .order_by(func.sum(spending.c.requests).desc())
)


class TokenUsageRepository(Repository):
    async def add(self, owner: TokenOwner, requests: int, an_hour: int | None, *, now: datetime) -> None:
        """Count `requests` more of the token; every process adds its own."""
        began_at = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % PART
        key = {"workspace": owner.workspace, "user": owner.user, "began_at": began_at}
        insert = self._build_insert(spending).values(**key, requests=requests, an_hour=an_hour)
        more = {"requests": spending.c.requests + requests, "an_hour": an_hour}
        await self._connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=more))

    async def list_last_hour(self, now: datetime) -> Sequence[TokenUsage]:
        """By token, the busiest first."""
        rows = await self._connection.execute(_LAST_HOUR, {"since": now - _HOUR})
        return [TokenUsage(TokenOwner(row.workspace, row.user), row.requests, row.an_hour) for row in rows]

    async def prune(self, now: datetime) -> None:
        """Forget what tells nothing of the last hour any more."""
        await self._connection.execute(delete(spending).where(spending.c.began_at < now - 2 * _HOUR))
