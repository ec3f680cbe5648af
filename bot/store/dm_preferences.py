"""Which direct messages a person wants; without a row it is the usual topics (bot/rules/dm_topics.py)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select, tuple_, union_all

from bot.conversation import is_dm
from bot.domain.people import Person
from bot.rules.dm_topics import USUAL
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.identities import people
from bot.store.tables.publishing import cards
from bot.store.tables.rule_index import subscriptions

_READER = union_all(
    select(subscriptions.c.made_by).where(bind_columns(subscriptions, "workspace", "channel")),
    select(cards.c.asked_by).where(bind_columns(cards, "workspace", "channel"), cards.c.asked_by.is_not(None)),
).limit(1)
_THESE = select(people).where(tuple_(people.c.workspace, people.c.user).in_(bindparam("persons", expanding=True)))


class DmPreferenceRepository(Repository):
    async def load_topics(self, workspace: str, user: str) -> frozenset[str]:
        return (await self.load_topics_for([person := Person(workspace, user)]))[person]

    async def load_topics_for(self, persons: Iterable[Person]) -> dict[Person, frozenset[str]]:
        wanted = list(persons)
        rows = (await self._connection.execute(_THESE, {"persons": wanted})).all() if wanted else []
        topics = {Person(row.workspace, row.user): frozenset(filter(None, row.messages.split(","))) for row in rows}
        return {person: topics.get(person, USUAL) for person in wanted}

    async def find_reader(self, workspace: str, channel: str) -> str | None:
        """Who reads this direct message; None where no row says whose it is.

        A person's id means their own; another belongs to the person who made its rules, or who asked there.
        """
        if not is_dm(channel):
            return channel
        place = {"workspace": workspace, "channel": channel}
        user: str | None = await self._connection.scalar(_READER, place)
        return user

    async def upsert(self, workspace: str, user: str, topics: frozenset[str]) -> None:
        """These and no others from now on."""
        values = {"workspace": workspace, "user": user, "messages": ",".join(sorted(topics))}
        await self._upsert(people, values, ("workspace", "user"))
