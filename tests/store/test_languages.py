from __future__ import annotations

from bot.store.store import Store

TEAM, ADA = "T1", "UADA"


async def test_nothing_is_known_of_somebody_new(store: Store) -> None:
    async with store.begin_read() as tx:
        assert await tx.languages.load(TEAM, ADA) is None


async def test_what_they_chose_counts_more_than_their_slack(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_locale(TEAM, ADA, "de-AT")
        assert await tx.languages.load(TEAM, ADA) == "de"
        await tx.languages.upsert_chosen(TEAM, ADA, "en")
        assert await tx.languages.load(TEAM, ADA) == "en"
        await tx.languages.upsert_locale(TEAM, ADA, "fr-FR")
        await tx.languages.upsert_chosen(TEAM, ADA, None)
        assert await tx.languages.load(TEAM, ADA) is None
        assert await tx.languages.load_wishes(TEAM, ADA) == (None, "fr-FR")


async def test_each_workspace_knows_its_own_people(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "de")
        assert await tx.languages.load("T2", ADA) is None


async def test_a_direct_message_is_in_the_language_of_its_reader_and_a_channel_in_nobodys(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "de")
        assert await tx.languages.load_for_place(TEAM, ADA) == "de"
        assert await tx.languages.load_for_place(TEAM, "C1") is None
        assert await tx.languages.load_for_place(TEAM, "D1") is None
