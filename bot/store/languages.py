"""In which language a person reads what only they read: the one they chose, else that of their Slack."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.conversation import is_direct
from bot.language.spoken import find_language, speaking
from bot.messages import Drawing, Message
from bot.naming import may_notify, naming, replace_mentions
from bot.rules.hold_readers import ANYBODY, begin_reading
from bot.store.dm_preferences import DmPreferenceRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.leases import AttemptRepository
from bot.store.people_directory import PeopleRepository
from bot.store.policy_readers import HoldReaderRepository
from bot.store.tables.identities import languages

LanguageWishes = tuple[str | None, str | None]
"""The language that somebody chose here, and the locale that Slack gave last (`de-DE`)."""

_OF_PERSON = select(languages.c.chosen, languages.c.locale).where(bind_columns(languages, "workspace", "user"))


class LanguageRepository(Repository):
    def __init__(self, connection: DatabaseConnection, people: PeopleRepository) -> None:
        super().__init__(connection)
        self._people = people

    async def load(self, workspace: str, user: str) -> str | None:
        """None where nothing is known of them, or we do not have theirs: they read what everybody reads."""
        chosen, locale = await self.load_wishes(workspace, user)
        return chosen or find_language(locale)

    async def load_for_place(self, workspace: str, channel: str) -> str | None:
        """The language of the one person who reads there; None where several do."""
        if not is_direct(channel):
            return None
        reader = await DmPreferenceRepository(self._connection).find_reader(workspace, channel)
        return await self.load(workspace, reader) if reader else None

    async def draw(
        self, workspace: str, channel: str, drawing: Drawing, *, is_new: bool = True, with_holds: bool = False
    ) -> Message:
        """The message as it is read there, be it new or a change of one that stands there; `with_holds` that wait."""
        if isinstance(drawing, Message):
            return drawing
        language, people = await self.load_for_place(workspace, channel), await self._people.load(workspace)
        readers = await HoldReaderRepository(self._connection).load(workspace, channel) if with_holds else ANYBODY
        with (
            speaking(language),
            naming(people),
            begin_reading(readers),
            replace_mentions(may_notify(channel, is_new=is_new)),
        ):
            return drawing()

    async def load_wishes(self, workspace: str, user: str) -> LanguageWishes:
        found = await self._connection.execute(_OF_PERSON, {"workspace": workspace, "user": user})
        row = found.one_or_none()
        return (row.chosen, row.locale) if row else (None, None)

    async def upsert_chosen(self, workspace: str, user: str, language: str | None) -> None:
        """None: as in Slack."""
        await self._upsert_one(workspace, user, {"chosen": language})

    async def upsert_locale(self, workspace: str, user: str, locale: str | None) -> None:
        await self._upsert_one(workspace, user, {"locale": locale})

    async def _upsert_one(self, workspace: str, user: str, values: dict[str, Any]) -> None:
        await self._upsert(languages, {"workspace": workspace, "user": user, **values}, ("workspace", "user"))


class DrawingRepository(AttemptRepository):
    """A queue of messages that are drawn as they are read where they go."""

    def __init__(self, connection: DatabaseConnection, languages: LanguageRepository) -> None:
        super().__init__(connection)
        self._languages = languages
