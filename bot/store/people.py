"""What a person wants to hear by direct message; who never said it wants what is usual (bot/judging/topics.py)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select, tuple_

from bot.judging.topics import USUAL
from bot.store.known import people
from bot.store.rows import Noun

Person = tuple[str, str]
"""Workspace and user."""

_THESE = select(people).where(tuple_(people.c.workspace, people.c.user).in_(bindparam("persons", expanding=True)))


class People(Noun):
    async def wishes(self, workspace: str, user: str) -> frozenset[str]:
        return (await self.wishes_of([(workspace, user)]))[workspace, user]

    async def wishes_of(self, persons: Iterable[Person]) -> dict[Person, frozenset[str]]:
        wanted = list(persons)
        rows = (await self._connection.execute(_THESE, {"persons": wanted})).all() if wanted else []
        said = {(row.workspace, row.user): frozenset(filter(None, row.messages.split(","))) for row in rows}
        return {person: said.get(person, USUAL) for person in wanted}

    async def wish(self, workspace: str, user: str, topics: frozenset[str]) -> None:
        """These and no others from now on."""
        values = {"workspace": workspace, "user": user, "messages": ",".join(sorted(topics))}
        await self._upsert(people, values, ("workspace", "user"))
