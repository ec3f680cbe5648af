from __future__ import annotations

import asyncio

from bot.clock import SystemClock
from bot.dispatch.admission import Member
from bot.dispatch.reader_languages import ReaderLanguages
from bot.store.store import Store
from tests.plugins.dispatcher_harness import ADA, TEAM
from tests.plugins.sql_statements import count_statements
from tests.store.conftest import database_url, key, store

__all__ = ["database_url", "key", "store"]


class People:
    def __init__(self, locale: str | None) -> None:
        self.locale = locale

    async def fetch_member(self, _workspace: str, _user: str) -> Member:
        return Member(locale=self.locale)


def build(store: Store, locale: str | None) -> ReaderLanguages:
    return ReaderLanguages(store=store, people=People(locale), clock=SystemClock())


async def test_what_slack_says_is_kept_for_the_next_time(store: Store) -> None:
    first, next_one = build(store, "de-DE"), build(store, None)
    assert (first.find(TEAM, ADA), await first.fetch(TEAM, ADA), first.find(TEAM, ADA)) == (None, "de", "de")
    assert await next_one.load(TEAM, ADA) == "de"


async def test_slack_is_asked_first_only_about_somebody_of_whom_nothing_is_known(store: Store) -> None:
    assert await build(store, "de-DE").load(TEAM, ADA) == "de"
    assert await build(store, "en-US").load(TEAM, ADA) == "de"


async def test_nobody_waits_long_for_slack(store: Store) -> None:
    class Silent:
        async def fetch_member(self, _workspace: str, _user: str) -> Member:
            await asyncio.Event().wait()
            return Member()

    languages = ReaderLanguages(store=store, people=Silent(), clock=SystemClock())
    assert await languages.load(TEAM, ADA) is None


async def test_slack_that_says_nothing_changes_nothing(store: Store) -> None:
    await build(store, "de-DE").fetch(TEAM, ADA)
    assert await build(store, None).fetch(TEAM, ADA) == "de"


async def test_a_new_language_in_slack_counts_at_once(store: Store) -> None:
    await build(store, "de-DE").fetch(TEAM, ADA)
    assert await build(store, "en-US").fetch(TEAM, ADA) == "en"


async def test_a_request_reads_once_what_is_kept_of_its_reader_and_writes_nothing_that_is_known(store: Store) -> None:
    languages = build(store, "de-DE")
    assert await languages.load(TEAM, ADA) == "de"
    with count_statements() as seen:
        assert (await languages.load(TEAM, ADA), await languages.fetch(TEAM, ADA)) == ("de", "de")
    assert (seen.count, seen.writes) == (1, [])


async def test_what_another_process_wrote_counts_from_the_next_request(store: Store) -> None:
    languages = build(store, "de-DE")
    await languages.load(TEAM, ADA)
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "en")
    assert (await languages.load(TEAM, ADA), await languages.fetch(TEAM, ADA)) == ("en", "en")


async def test_what_they_chose_counts_more(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "en")
    assert await build(store, "de-DE").fetch(TEAM, ADA) == "en"
