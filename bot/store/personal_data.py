"""What is kept about one person of a workspace: counted, handed out and erased by the table of facts.

The facts (bot/store/tables/personal.py) say of each column what becomes of it; nothing here knows a table by name but
where rows belong to nobody's workspace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, false, func, or_, select, union, update

from bot.conversation import is_dm
from bot.language import name_erased_person
from bot.pseudonyms import make_pseudonym
from bot.store.channel_subscriptions import SubscriptionRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository
from bot.store.tables.identities import logins
from bot.store.tables.personal import BY_TABLE, FACTS
from bot.store.tables.personal_fact import Holds, PersonalFact
from bot.store.tables.publishing import cards, outcomes
from bot.store.tables.rule_index import subscriptions
from bot.store.tables.schema import metadata

_NAMING = (Holds.OWNER, Holds.NAME, Holds.ASKER)
_SEALED = "kept encrypted, not handed out"
_OWNERS = "of somebody else; not handed out"
_OTHERS = "mentions you; not handed out: it stands in a channel of others"


@dataclass(frozen=True, slots=True)
class PersonalRows:
    """How many rows of a table are about the person; `own` of them go: theirs, or at a place that only they read."""

    fact: PersonalFact
    count: int
    own: int


@dataclass(frozen=True, slots=True)
class _Traces:
    """By what rows know a person: `places` are our direct messages with them, `logins` those of nobody else."""

    workspace: str
    user: str
    places: frozenset[str]
    logins: frozenset[str]

    @property
    def word(self) -> re.Pattern[str]:
        return re.compile(rf"\b{re.escape(self.user)}\b")

    def is_told_in(self, fact: PersonalFact, row: Row[Any]) -> bool:
        told = [getattr(row, name) for name, holds in fact.columns.items() if holds is not Holds.DETAIL]
        return fact.table == outcomes.name or self.is_own(fact, row) or any(self.word.search(str(one)) for one in told)

    def is_own(self, fact: PersonalFact, row: Row[Any]) -> bool:
        """Whether the row goes with them."""
        owners = {getattr(row, name) for name in fact.list_columns(Holds.OWNER)}
        return not fact.stays and (self.user in owners or getattr(row, "channel", None) in self.places)

    def is_named(self, table: Table, holds: Sequence[Holds]) -> ColumnElement[bool]:
        names = [name for kind in holds for name in BY_TABLE[table.name].list_columns(kind)]
        return or_(false(), *(self.is_theirs(table, name) for name in names))

    def is_theirs(self, table: Table, name: str) -> ColumnElement[bool]:
        if table is outcomes:
            return func.lower(outcomes.c.actor).in_(self.logins)
        if "workspace" not in table.c:
            return table.c[name] == f"{self.workspace}/{self.user}"
        return and_(table.c.workspace == self.workspace, table.c[name] == self.user)

    def is_mentioned(self, table: Table, name: str) -> ColumnElement[bool]:
        return and_(table.c.workspace == self.workspace, table.c[name].contains(self.user, autoescape=True))

    def is_own_place(self, table: Table) -> ColumnElement[bool]:
        return and_(table.c.workspace == self.workspace, table.c.channel.in_(self.places))


class PersonalDataRepository(Repository):
    """`changed` collects the workspaces in which people are no longer called what they were."""

    def __init__(self, connection: DatabaseConnection, changed: set[str]) -> None:
        super().__init__(connection)
        self._changed = changed

    async def list_workspaces(self, user: str) -> list[str]:
        """Those in which any row names this id."""
        named = [
            select(table.c.workspace).where(table.c[name] == user)
            for fact, table in _list_tables()
            if "workspace" in table.c
            for kind in _NAMING
            for name in fact.list_columns(kind)
        ]
        return sorted(set(await self._connection.scalars(union(*named))))

    async def count(self, workspace: str, user: str) -> list[PersonalRows]:
        """Of each table that knows them."""
        traces = await self._load_traces(workspace, user)
        found = [(fact, await self._load_rows(fact, table, traces)) for fact, table in _list_tables()]
        return [
            PersonalRows(fact, len(rows), sum(traces.is_own(fact, row) for row in rows)) for fact, rows in found if rows
        ]

    async def export(self, workspace: str, user: str) -> list[dict[str, Any]]:
        """Each fact with its rows as plain values: all but secrets, and what others wrote for others."""
        traces = await self._load_traces(workspace, user)
        told = [await self._export_one(fact, table, traces) for fact, table in _list_tables()]
        return [one for one in told if one["rows"]]

    async def erase(self, workspace: str, user: str) -> str:
        """Everything of them goes, or no longer names them, as the facts say. The word that is now in their place."""
        traces, word = await self._load_traces(workspace, user), make_pseudonym()
        self._changed.add(workspace)
        await SubscriptionRepository(self._connection).drop_mentions(workspace, user)
        for table in reversed(metadata.sorted_tables):
            if _has_place(table) and not (table.name in BY_TABLE and BY_TABLE[table.name].stays):
                await self._connection.execute(delete(table).where(traces.is_own_place(table)))
        for fact, table in reversed(list(_list_tables())):
            await self._erase_one(fact, table, traces, word=word)
        return word

    async def _erase_one(self, fact: PersonalFact, table: Table, traces: _Traces, *, word: str) -> None:
        await self._connection.execute(delete(table).where(traces.is_named(table, [Holds.OWNER])))
        for kind, value in ((Holds.NAME, word), (Holds.ASKER, None)):
            for name in fact.list_columns(kind):
                theirs = traces.is_theirs(table, name)
                await self._connection.execute(update(table).where(theirs).values({name: value}))
        for name in fact.list_columns(Holds.TEXT):
            await self._rewrite(table, name, traces, word=word)

    async def _rewrite(self, table: Table, name: str, traces: _Traces, *, word: str) -> None:
        """As whole words alone: one id may be the beginning of another."""
        keys = list(table.primary_key.columns)
        for row in (await self._connection.execute(select(table).where(traces.is_mentioned(table, name)))).all():
            text = re.sub(rf"<@{re.escape(traces.user)}>", str(name_erased_person()), getattr(row, name))
            text = traces.word.sub(word, text)
            this = and_(*(key == getattr(row, key.name) for key in keys))
            await self._connection.execute(update(table).where(this).values({name: text}))

    async def _load_rows(self, fact: PersonalFact, table: Table, traces: _Traces) -> list[Row[Any]]:
        """Of each mention only whole words count: one id may be the beginning of another."""
        found = await self._connection.execute(select(table).where(_is_about(fact, table, traces)))
        return [row for row in found if traces.is_told_in(fact, row)]

    async def _export_one(self, fact: PersonalFact, table: Table, traces: _Traces) -> dict[str, Any]:
        rows = await self._load_rows(fact, table, traces)
        told = {"what": fact.what, "why": fact.why, "kept": fact.kept, "readers": fact.readers, "stays": fact.stays}
        return {"table": fact.table, **told, "rows": [_to_plain(fact, row, traces) for row in rows]}

    async def _load_traces(self, workspace: str, user: str) -> _Traces:
        theirs = select(logins.c.folded).where(logins.c.workspace == workspace, logins.c.user == user)
        others = select(logins.c.folded).where(or_(logins.c.workspace != workspace, logins.c.user != user))
        named = await self._connection.scalars(theirs.where(logins.c.folded.not_in(others)))
        asked = select(cards.c.channel).where(cards.c.workspace == workspace, cards.c.asked_by == user)
        made = select(subscriptions.c.channel).where(
            subscriptions.c.workspace == workspace, subscriptions.c.made_by == user
        )
        places = await self._connection.scalars(union(asked, made))
        direct = {place for place in places if is_dm(place)}
        return _Traces(workspace, user, frozenset({user, *direct}), frozenset(named))


def _list_tables() -> Iterator[tuple[PersonalFact, Table]]:
    return ((fact, metadata.tables[fact.table]) for fact in FACTS)


def _has_place(table: Table) -> bool:
    return "workspace" in table.c and "channel" in table.c


def _is_about(fact: PersonalFact, table: Table, traces: _Traces) -> ColumnElement[bool]:
    """The person is named or mentioned, or the row is of a place that only they read."""
    kept = [name for name in fact.list_columns(Holds.KEPT) if "workspace" in table.c]
    mentioned = [traces.is_mentioned(table, name) for name in (*fact.list_columns(Holds.TEXT), *kept)]
    placed = [traces.is_own_place(table)] if _has_place(table) else []
    return or_(traces.is_named(table, _NAMING), *mentioned, *placed)


def _to_plain(fact: PersonalFact, row: Row[Any], traces: _Traces) -> dict[str, Any]:
    named = {getattr(row, name) for kind in _NAMING for name in fact.list_columns(kind)}
    placed = getattr(row, "channel", None) in traces.places
    owners = {getattr(row, name) for name in fact.list_columns(Holds.OWNER)}
    texts = () if placed or traces.user in named else fact.list_columns(Holds.TEXT)
    apart = () if placed or traces.user in owners else _list_of_owner(fact)
    return {
        name: _OWNERS if name in apart and value else _OTHERS if name in texts and value else _format(name, value)
        for name, value in row._asdict().items()
        if value is not None
    }


def _list_of_owner(fact: PersonalFact) -> list[str]:
    """What a row tells of whose it is."""
    owners = fact.list_columns(Holds.OWNER)
    return [*owners, *fact.list_columns(Holds.DETAIL)] if owners else []


def _format(name: str, value: Any) -> Any:
    if name.endswith("_sealed"):
        return _SEALED
    if isinstance(value, datetime):
        return value.isoformat()
    return _parse(value) if isinstance(value, str) and value[:1] in {"{", "["} else value


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
