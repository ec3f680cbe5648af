from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.store.store import Store
from bot.store.vault import Vault, generate_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=30)
URL = "https://hooks.slack.com/commands/T1/1/secret"


async def test_a_waiting_command_is_taken_once(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1", "UADA", "rerun 7", channel="C1", reply_to=URL, thread_ts="17.1", asked_at=NOW
        )
    async with store.begin() as tx:
        taken = await tx.pending_commands.take("T1", "UADA", LONG_AGO)
        assert taken
        assert (taken.line, taken.channel, taken.reply_to) == ("rerun 7", "C1", URL)
        assert (taken.thread_ts, taken.asked_at) == ("17.1", NOW)
        assert await tx.pending_commands.take("T1", "UADA", LONG_AGO) is None


async def test_the_newest_command_wins(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1", "UADA", "rerun 7", channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
        )
        await tx.pending_commands.upsert(
            "T1", "UADA", "status", channel=None, reply_to=None, thread_ts=None, asked_at=NOW + timedelta(seconds=1)
        )
        taken = await tx.pending_commands.take("T1", "UADA", LONG_AGO)
    assert taken
    assert (taken.line, taken.channel, taken.reply_to) == ("status", None, None)


async def test_each_person_waits_for_themselves(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1", "UADA", "rerun 7", channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
        )
        assert await tx.pending_commands.take("T1", "UGRACE", LONG_AGO) is None
        assert await tx.pending_commands.take("T2", "UADA", LONG_AGO) is None
        assert await tx.pending_commands.take("T1", "UADA", LONG_AGO)


async def test_what_was_asked_too_long_ago_is_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1",
            "UADA",
            "rerun 7",
            channel="C1",
            reply_to=URL,
            thread_ts=None,
            asked_at=LONG_AGO - timedelta(seconds=1),
        )
        assert await tx.pending_commands.take("T1", "UADA", LONG_AGO) is None
        assert await tx.pending_commands.take("T1", "UADA", LONG_AGO - timedelta(days=1)) is None


async def test_a_response_url_is_sealed(store: Store) -> None:
    async with store.begin() as tx:
        await tx.pending_commands.upsert(
            "T1", "UADA", "rerun 7", channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
        )
        row = (await tx.pending_commands._connection.execute(text("SELECT * FROM waiting"))).one()
    assert "hooks.slack.com" not in str(row)
    assert "hooks.slack.com" not in repr(row)


async def test_a_lost_key_does_not_keep_anybody_from_connecting(store: Store, database_url: str) -> None:
    lost_key = Store(database_url, Vault([generate_key()]))
    async with lost_key.begin() as tx:
        await tx.pending_commands.upsert(
            "T1", "UADA", "rerun 7", channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
        )
    await lost_key.close()
    async with store.begin() as tx:
        assert await tx.pending_commands.take("T1", "UADA", LONG_AGO) is None


async def test_the_answer_may_take_the_place_of_what_asked_to_connect(store: Store) -> None:
    async with store.begin() as tx:
        for user in ("UADA", "UGRACE"):
            await tx.pending_commands.upsert(
                "T1", user, "rerun 7", channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
            )
        await tx.pending_commands.set_reply_to("T1", "UADA", f"{URL}/2")
        taken = [await tx.pending_commands.take("T1", user, LONG_AGO) for user in ("UADA", "UGRACE")]
    assert [(one.reply_to, one.in_place) for one in taken if one] == [(f"{URL}/2", True), (URL, False)]


async def test_what_is_asked_later_answers_where_it_was_asked(store: Store) -> None:
    async with store.begin() as tx:
        for asked in ("rerun 7", "rerun 8"):
            await tx.pending_commands.upsert(
                "T1", "UADA", asked, channel="C1", reply_to=URL, thread_ts=None, asked_at=NOW
            )
            if asked == "rerun 7":
                await tx.pending_commands.set_reply_to("T1", "UADA", f"{URL}/2")
        taken = await tx.pending_commands.take("T1", "UADA", LONG_AGO)
    assert taken
    assert (taken.line, taken.reply_to, taken.in_place) == ("rerun 8", URL, False)
