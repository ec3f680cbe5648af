"""A rate limiter (GCRA) that all replicas share: posts to a channel, changes of a workspace's cards, looks for deploys.

One row per bucket: `next_at` is its theoretical arrival time, as the generic cell rate algorithm calls it, by the
database's clock. So a burst needs no second number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, select, tuple_, update

from bot.store.engine.statements import Repository, bind_columns, bind_key
from bot.store.tables.publishing import turns

POST, UPDATE, SIGN = "post", "update", "sign"
"""Posts, changes of cards, and looks for a first deploy that something hints at."""

_THESE = and_(
    bind_columns(turns, "method"),
    turns.c.workspace.in_(bindparam("workspaces", expanding=True)),
    turns.c.channel.in_(bindparam("channels", expanding=True)),
    tuple_(turns.c.workspace, turns.c.channel).in_(bindparam("buckets", expanding=True)),
)
"""Pairs alone would do, but no index serves them in SQLite."""
_COUNT = select(func.count()).select_from(turns).where(_THESE).scalar_subquery()
_ALL_OR_NONE = (
    select(turns)
    .where(_THESE, bindparam("count") == _COUNT)
    .order_by(turns.c.workspace, turns.c.channel)
    .with_for_update()
)
_TAKE = update(turns).where(bind_key(turns, "workspace", "method", "channel"))


class Bucket(NamedTuple):
    """What a rate limit counts by: a channel, or with an empty `channel` a whole workspace.

    `SIGN` counts by an organisation of CircleCI's, whose id stands for the workspace: it is of them all.
    """

    workspace: str
    channel: str = ""


_UNUSED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A turn every `gap_s` seconds; after a rest, `burst` of them at once."""

    gap_s: float
    burst: int = 1

    @property
    def burst_allowance(self) -> timedelta:
        """How far a bucket may run ahead of the clock."""
        return timedelta(seconds=(self.burst - 1) * self.gap_s)


@dataclass(frozen=True, slots=True)
class BucketLimits:
    """`posts` for each channel, `updates` for each workspace."""

    posts: RateLimit
    updates: RateLimit

    def build_parameters(self, now: datetime) -> dict[str, datetime]:
        """The parameters of `is_exhausted`: how far a bucket of each method may have run."""
        return {
            f"{POST}_until": now + self.posts.burst_allowance,
            f"{UPDATE}_until": now + self.updates.burst_allowance,
        }


UNLIMITED = BucketLimits(RateLimit(0.0), RateLimit(0.0))


class RateLimiter(Repository):
    async def take(
        self, method: str, wishes: Mapping[Bucket, int], rate: RateLimit, *, now: datetime
    ) -> dict[Bucket, int]:
        """How many of the wished turns each bucket has now; they are taken."""
        taken, next_at = dict[Bucket, int](), dict[Bucket, datetime]()
        for bucket, falls_due in (await self._lock_rows(method, wishes, now)).items():
            ahead = max(falls_due - now, timedelta())
            taken[bucket] = _count_free(ahead, rate, wishes[bucket])
            if taken[bucket]:
                next_at[bucket] = now + ahead + timedelta(seconds=taken[bucket] * rate.gap_s)
        await self._update_rows(method, next_at)
        return taken

    async def block(self, method: str, bucket: Bucket, rate: RateLimit, *, until: datetime) -> None:
        """No turn before then, as Slack asked."""
        earliest = until + rate.burst_allowance
        [next_at] = (await self._lock_rows(method, [bucket], until)).values()
        await self._update_rows(method, {bucket: max(next_at, earliest)})

    async def prune(self, now: datetime) -> int:
        """Buckets that nobody has used for a while are full again anyway."""
        return (await self._connection.execute(delete(turns).where(turns.c.next_at < now - _UNUSED_FOR))).rowcount

    async def _lock_rows(self, method: str, buckets: Collection[Bucket], now: datetime) -> dict[Bucket, datetime]:
        """The buckets' rows, locked in their order, so that two replicas never wait for each other crosswise.

        While one is missing none is locked: a new one is locked in its order too.
        """
        if not buckets:
            return {}
        ordered = sorted(buckets)
        workspaces, channels = map(set, zip(*ordered, strict=True))
        of = {"workspaces": workspaces, "channels": channels}
        these = {"method": method, "buckets": ordered, "count": len(ordered), **of}
        while len(rows := (await self._connection.execute(_ALL_OR_NONE, these)).all()) < len(ordered):
            await self._connection.execute(
                self._insert_or_nothing(turns), [_build_row(method, bucket, now) for bucket in ordered]
            )
        return {Bucket(row.workspace, row.channel): row.next_at for row in rows}

    async def _update_rows(self, method: str, next_at: Mapping[Bucket, datetime]) -> None:
        if next_at:
            await self._connection.execute(_TAKE, [_build_row(method, *one, this="this_") for one in next_at.items()])


def _build_row(method: str, bucket: Bucket, next_at: datetime, *, this: str = "") -> dict[str, Any]:
    """`this` is a prefix of the key columns, for an update of a row that exists."""
    workspace, channel = bucket
    return {f"{this}workspace": workspace, f"{this}method": method, f"{this}channel": channel, "next_at": next_at}


def _count_free(ahead: timedelta, rate: RateLimit, wished: int) -> int:
    if ahead > rate.burst_allowance:
        return 0
    if not rate.gap_s:
        return wished
    return min(wished, 1 + int((rate.burst_allowance - ahead).total_seconds() / rate.gap_s))


def is_exhausted(method: str, workspace: ColumnElement[str], channel: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Whether the bucket of a row has no turn left, by the parameters of `BucketLimits.build_parameters`."""
    same = and_(turns.c.method == method, turns.c.workspace == workspace, turns.c.channel == channel)
    return exists().where(same, turns.c.next_at > bindparam(f"{method}_until"))


def limit_rows(
    allowed: Mapping[Bucket, int], rows: Sequence[Row[Any]], bucket_of: Callable[[Row[Any]], Bucket]
) -> list[Row[Any]]:
    """The first rows of each bucket, as many as it has turns."""
    used: Counter[Bucket] = Counter()
    first = []
    for row in rows:
        bucket = bucket_of(row)
        used[bucket] += 1
        if used[bucket] <= allowed[bucket]:
            first.append(row)
    return first
