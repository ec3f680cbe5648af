"""The organisations of which one listing shows what is new in several projects. Replicas share them by lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.store.engine.statements import bind_key
from bot.store.leases import DueRepository, build_due_claim
from bot.store.tables.polling import listings

_ALL = select(listings).order_by(listings.c.org)
_WORKS = select(listings.c.org).where(listings.c.reader.is_not(None), listings.c.error.is_(None))
_CHANGE = update(listings).where(bind_key(listings, "org"))


@dataclass(frozen=True, slots=True)
class OrgPoll:
    """`reader` names whose token lists it, None before the first time; a listing shows only what its owner follows.

    `newest_at` is when the newest pipeline seen was made, by CircleCI's clock. `sought_at` is when we last went back
    further, to see which projects are listed at all; `error` is why it cannot be listed.
    """

    org: str
    reader: str | None
    newest_at: datetime | None
    sought_at: datetime | None
    next_look_at: datetime
    idle_rounds: int
    error: str | None


class OrgPollRepository(DueRepository[OrgPoll]):
    table = listings
    key = "org"
    claim_update = build_due_claim(listings, "org")

    @staticmethod
    def build(row: Row[Any]) -> OrgPoll:
        return OrgPoll(
            org=row.org,
            reader=row.reader,
            newest_at=row.newest_at,
            sought_at=row.sought_at,
            next_look_at=row.next_look_at,
            idle_rounds=row.idle_rounds,
            error=row.error,
        )

    async def insert(self, org: str, now: datetime) -> None:
        """Listed from now on, unless it is already."""
        await self._insert_if_new(listings, {"org": org, "next_look_at": now, "idle_rounds": 0})

    async def mark_listed(
        self, org: str, reader: str, newest_at: datetime | None, *, sought_at: datetime | None
    ) -> None:
        """How far it was listed, and by whom."""
        values = {"reader": reader, "newest_at": newest_at, "sought_at": sought_at}
        await self._connection.execute(_CHANGE, {"this_org": org, **values})

    async def settle(self, org: str, next_look_at: datetime, idle_rounds: int, *, error: str | None = None) -> None:
        """Give the lease back."""
        values = {"next_look_at": next_look_at, "idle_rounds": idle_rounds, "error": error}
        free = {"leased_by": None, "leased_until": None}
        await self._connection.execute(_CHANGE, {"this_org": org, **values, **free})

    async def is_working(self, org: str) -> bool:
        """Whether the organisation is listed, and was the last time."""
        return await self._connection.scalar(_WORKS.where(listings.c.org == org)) is not None

    async def delete(self, org: str) -> None:
        await self._connection.execute(delete(listings).where(listings.c.org == org))

    async def list_all(self) -> list[OrgPoll]:
        return [self.build(row) for row in await self._connection.execute(_ALL)]
