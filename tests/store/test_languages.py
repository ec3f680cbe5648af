from __future__ import annotations

from datetime import UTC, datetime

from bot.language.spoken import get_language, speaking
from bot.messages import Message
from bot.store.store import Store

TEAM, ADA = "T1", "UADA"
NOW = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


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


async def test_what_is_drawn_for_a_place_is_drawn_in_the_language_that_is_read_there(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "de")
        with speaking("de"):
            drawn = [await tx.languages.draw(TEAM, channel, _draw) for channel in (ADA, "C1", "UGRACE")]
    assert [message.text for message in drawn] == ["de", "en", "en"]


async def test_a_notice_and_its_changes_are_drawn_for_its_reader(store: Store) -> None:
    async with store.begin() as tx:
        await tx.languages.upsert_chosen(TEAM, ADA, "de")
        for channel in (ADA, "C1"):
            await tx.outbox.insert(f"to:{channel}", TEAM, channel, message=_draw, details=_draw, now=NOW)
        told = {one.channel: one for one in await tx.outbox.claim(NOW, 12, "a", limit=9)}
        assert [(told[channel].message, told[channel].details) for channel in (ADA, "C1")] == [
            (Message("de", []), Message("de", [])),
            (Message("en", []), Message("en", [])),
        ]
        for one in told.values():
            await tx.outbox.settle_sent(one, "1.1", NOW)
        with speaking("de"):
            for channel in (ADA, "C1"):
                await tx.revisions.revise(f"to:{channel}", lambda: Message(f"now {get_language()}"))
        changed = {one.channel: one.message.text for one in await tx.revisions.claim(NOW, 12, "a", limit=9)}
        assert changed == {ADA: "now de", "C1": "now en"}


def _draw() -> Message:
    return Message(get_language())
