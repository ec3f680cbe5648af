"""The rules: which channel wants to hear what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select

from bot.domain import ProjectSlug, Subscription
from bot.store.rows import Noun
from bot.store.tables import subscriptions


class Subscriptions(Noun):
    async def add(self, rule: Subscription) -> Subscription:
        """The rule as it stands, with its id; the same rule added again is the one that was there."""
        values = {
            "workspace": rule.workspace,
            "channel": rule.channel,
            "project": str(rule.project),
            "branch": rule.branch,
            "workflow": rule.workflow,
            "only": ",".join(sorted(rule.only)),
        }
        await self._insert_new(subscriptions, {**values, "made_by": rule.made_by, "made_at": rule.made_at})
        same = [subscriptions.c[name] == value for name, value in values.items()]
        row = (await self._connection.execute(select(subscriptions).where(*same))).one_or_none()
        # Somebody may just have removed the one that was there: then it is to be added after all.
        return _rule(row) if row else await self.add(rule)

    async def of_channel(self, workspace: str, channel: str) -> list[Subscription]:
        return await self._where((subscriptions.c.workspace == workspace) & (subscriptions.c.channel == channel))

    async def of_project(self, project: ProjectSlug) -> list[Subscription]:
        return await self._where(subscriptions.c.project == str(project))

    async def of_workspace(self, workspace: str) -> list[Subscription]:
        return await self._where(subscriptions.c.workspace == workspace)

    async def all(self) -> list[Subscription]:
        return await self._where(subscriptions.c.id > 0)

    async def projects(self) -> list[ProjectSlug]:
        """Every project that somebody wants to hear of, once."""
        found = await self._connection.scalars(select(subscriptions.c.project).distinct())
        return [ProjectSlug.parse(text) for text in found]

    async def remove(self, workspace: str, channel: str, rule_id: int) -> bool:
        """True when the channel had this rule."""
        gone = delete(subscriptions).where(
            subscriptions.c.workspace == workspace,
            subscriptions.c.channel == channel,
            subscriptions.c.id == rule_id,
        )
        return (await self._connection.execute(gone)).rowcount == 1

    async def _where(self, condition: ColumnElement[bool]) -> list[Subscription]:
        query = select(subscriptions).where(condition).order_by(subscriptions.c.id)
        return [_rule(row) for row in await self._connection.execute(query)]


def _rule(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        workspace=row.workspace,
        channel=row.channel,
        project=ProjectSlug.parse(row.project),
        branch=row.branch,
        workflow=row.workflow,
        only=frozenset(row.only.split(",")),
        made_by=row.made_by,
        made_at=row.made_at,
    )
