"""What is wrong with rules: at most one problem of each kind for each rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select, update

from bot.rules.rule_problem import ProblemKind, ProblemReason, RuleProblem
from bot.store.engine.statements import Repository
from bot.store.tables.polling import troubles

_KEY = ["subscription_id", "kind"]
_MOST_REPORTED = 1_000


class RuleProblemRepository(Repository):
    async def upsert(self, problem: RuleProblem) -> None:
        """Replaces the rule's problem of this kind."""
        values = {
            "subscription_id": problem.rule_id,
            "kind": problem.kind,
            "reason": problem.reason,
            "detail": problem.detail,
            "since": problem.since,
            "told_in": problem.told_in,
            "over_at": problem.over_at,
        }
        await self._upsert(troubles, values, _KEY)

    async def list_for_rules(self, rule_ids: Iterable[int]) -> dict[int, list[RuleProblem]]:
        """The problems that last, by rule; a rule without any is left out."""
        query = select(troubles).where(troubles.c.subscription_id.in_(list(rule_ids)), troubles.c.over_at.is_(None))
        found: dict[int, list[RuleProblem]] = {}
        for row in await self._connection.execute(query.order_by(troubles.c.kind)):
            found.setdefault(row.subscription_id, []).append(_build_problem(row))
        return found

    async def list_unreported(self, before: datetime) -> list[RuleProblem]:
        """Problems that began before then, last, and were reported nowhere yet; the first thousand of them."""
        waits = and_(troubles.c.told_in.is_(None), troubles.c.over_at.is_(None), troubles.c.since <= before)
        query = (
            select(troubles).where(waits).order_by(troubles.c.subscription_id, troubles.c.kind).limit(_MOST_REPORTED)
        )
        return [_build_problem(row) for row in await self._connection.execute(query)]

    async def mark_reported(self, these: Collection[RuleProblem], key: str) -> None:
        """The notice with this key reports them."""
        for problem in these:
            same = (troubles.c.subscription_id == problem.rule_id) & (troubles.c.kind == problem.kind)
            await self._connection.execute(update(troubles).where(same).values(told_in=key))

    async def list_reported_in(self, key: str) -> list[RuleProblem]:
        """The problems that this notice reported, solved or not."""
        query = select(troubles).where(troubles.c.told_in == key).order_by(troubles.c.subscription_id)
        return [_build_problem(row) for row in await self._connection.execute(query)]

    async def mark_resolved(self, rule_id: int, kinds: Iterable[ProblemKind], now: datetime) -> list[RuleProblem]:
        """The rule's problems of these kinds are solved; returns those that lasted until now."""
        these = and_(
            troubles.c.subscription_id == rule_id, troubles.c.kind.in_(list(kinds)), troubles.c.over_at.is_(None)
        )
        was = [_build_problem(row) for row in await self._connection.execute(select(troubles).where(these))]
        await self._connection.execute(update(troubles).where(these).values(over_at=now))
        return was


def _build_problem(row: Row[Any]) -> RuleProblem:
    return RuleProblem(
        rule_id=row.subscription_id,
        kind=ProblemKind(row.kind),
        reason=ProblemReason(row.reason),
        detail=row.detail,
        since=row.since,
        told_in=row.told_in,
        over_at=row.over_at,
    )
