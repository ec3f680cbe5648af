"""In which language somebody reads our answers: known from the database, corrected by what Slack says of them."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from bot.clock import Clock
from bot.dispatch.admission import MemberDirectory
from bot.expiring_cache import ExpiringCache
from bot.language.spoken import find_language
from bot.store.languages import LanguageWishes
from bot.store.store import Store

_KNOWN_FOR = timedelta(hours=12)
_MOST_KNOWN = 10_000
_PATIENCE_S = 1.0


class ReaderLanguages:
    """None stands for somebody of whom nothing is known: they read the language of the installation."""

    def __init__(self, *, store: Store, people: MemberDirectory, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._known: ExpiringCache[tuple[str, str], LanguageWishes] = ExpiringCache(_MOST_KNOWN, clock.now)

    def find(self, workspace: str, user: str) -> str | None:
        """As it was last: for what Slack wants answered at once, such as the errors of a form."""
        wishes = self._known.get((workspace, user))
        return _choose(wishes) if wishes else None

    async def load(self, workspace: str, user: str) -> str | None:
        return await self.choose(workspace, user, await self._load_wishes(workspace, user))

    async def choose(self, workspace: str, user: str, wishes: LanguageWishes) -> str | None:
        """Slack is asked only about somebody of whom nothing is known, and not for long: a modal may have to open."""
        self._remember(workspace, user, wishes)
        if any(wishes):
            return _choose(wishes)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                return await self.fetch(workspace, user)
        return None

    async def fetch(self, workspace: str, user: str) -> str | None:
        """What Slack says is kept where it has changed. Each request has begun with `choose`: nothing is read again."""
        locale = (await self._people.fetch_member(workspace, user)).locale
        wishes = self._known.get((workspace, user)) or await self._load_wishes(workspace, user)
        if locale and locale != wishes[1]:
            async with self._store.begin() as tx:
                await tx.languages.upsert_locale(workspace, user, locale[:35])
            wishes = self._remember(workspace, user, (wishes[0], locale))
        return _choose(wishes)

    async def _load_wishes(self, workspace: str, user: str) -> LanguageWishes:
        async with self._store.begin_read() as tx:
            return self._remember(workspace, user, await tx.languages.load_wishes(workspace, user))

    def _remember(self, workspace: str, user: str, wishes: LanguageWishes) -> LanguageWishes:
        if self._known.get((workspace, user)) == wishes:
            return wishes
        return self._known.set((workspace, user), wishes, _KNOWN_FOR)


def _choose(wishes: LanguageWishes) -> str | None:
    chosen, locale = wishes
    return chosen or find_language(locale)
