from __future__ import annotations

from datetime import UTC, datetime

from bot.messages import DirectMessageState, Message, OutboxState
from bot.rules.dm_topics import USUAL
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_who_said_nothing_wants_what_is_usual_and_none_is_a_wish_too(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.dm_preferences.load_topics("T1", "UADA") == USUAL
        await tx.dm_preferences.upsert("T1", "UADA", frozenset({"recovered", "approvals"}))
        await tx.dm_preferences.upsert("T1", "UGRACE", frozenset())
        assert await tx.dm_preferences.load_topics_for([("T1", "UADA"), ("T1", "UGRACE"), ("T2", "UADA")]) == {
            ("T1", "UADA"): {"recovered", "approvals"},
            ("T1", "UGRACE"): frozenset(),
            ("T2", "UADA"): USUAL,
        }
        assert await tx.dm_preferences.load_topics_for([]) == {}


async def test_messages_that_wait_are_withdrawn_by_how_their_keys_begin(store: Store) -> None:
    async with store.begin() as tx:
        for key, to in (("dm:failed:1", "UADA"), ("dm:failed_2", "UADA"), ("dm:failed:1:g", "UGRACE"), ("x", "UADA")):
            await tx.outbox.insert(key, "T1", to, message=Message("!"), now=NOW)
        assert await tx.outbox.withdraw("T1", "UADA", "dm:failed:", reason="opted_out", now=NOW) == 1
        assert await tx.outbox.withdraw("T1", "UADA", "dm:failed:", reason="opted_out", now=NOW) == 0
        assert (await tx.backlog.load(NOW)).notices == 3


async def test_a_person_finds_what_was_written_to_them_about_a_pipeline(store: Store) -> None:
    async with store.begin() as tx:
        for key, to in (
            ("dm:failed:p1:1:T1:UADA", "UADA"),
            ("dm:failed:p1:1:T1:UG", "UG"),
            ("dm:failed:p12:1", "UADA"),
        ):
            await tx.outbox.insert(key, "T1", to, message=Message("!"), now=NOW)
        await tx.outbox.withdraw("T1", "UADA", "dm:failed:", reason="opted_out", now=NOW)
        assert await tx.outbox.list_direct_messages("T1", "UADA", "p1") == [
            DirectMessageState("dm:failed:p1:1:T1:UADA", OutboxState.GONE, "opted_out")
        ]
        assert await tx.outbox.list_direct_messages("T2", "UADA", "p1") == []
        assert await tx.outbox.is_published("dm:failed:p1:1:T1:UADA")
        assert not await tx.outbox.is_published("dm:failed:p1")
