from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain import ProjectSlug
from bot.messages import About, Message, WaitReason
from bot.store.store import Store, Tx
from bot.store.tables.publishing import outbox

WEB = ProjectSlug.parse("gh/acme/web")
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def _insert(
    tx: Tx, key: str, channel: str, *, card_id: int | None = None, not_before: datetime | None = None
) -> None:
    said = Message("It failed")
    await tx.outbox.insert(key, "T1", channel, message=said, card_id=card_id, not_before=not_before, now=NOW)


async def _claim(tx: Tx, now: datetime = NOW) -> None:
    await tx.outbox.claim(now, 12, "me", limit=9)


async def _list(tx: Tx, now: datetime = NOW) -> dict[str, WaitReason]:
    return {one.key: one.why for one in await tx.undelivered.list_all(now)}


async def test_each_message_says_why_it_waits(store: Store) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await _insert(tx, "limited", "C1")
        await _insert(tx, "silent", "C2")
        await _insert(tx, "damaged", "C3")
        [damaged] = [one for one in await tx.outbox.claim(NOW, 12, "me", limit=9) if one.key == "damaged"]
        await tx.outbox.settle_retry(damaged, NOW)
        limited, silent = [one for one in await _reclaim(tx) if one.key != "damaged"]
        await tx.outbox.settle_retry(limited, LATER)
        await tx.outbox.settle_lost_answer(silent, LATER)
        await tx._connection.execute(update(outbox).where(outbox.c.key == "damaged").values(message="no JSON"))
        await _insert(tx, "reply", "C4", card_id=card.id)
        await _insert(tx, "later", "C5", not_before=LATER)
        await _insert(tx, "withheld", "C7")
        await _insert(tx, "refused", "C8")
        await _insert(tx, "over", "C9")
        withheld, refused, over = await _reclaim(tx)
        await tx.outbox.postpone(withheld, LATER)
        await tx.outbox.settle_undeliverable(refused, "is_archived", AFTER)
        await tx.outbox.settle_undeliverable(over, "stale", AFTER)
        await _insert(tx, "due", "C6")
        assert await _list(tx, AFTER) == {
            "card:p1": WaitReason.IN_LINE,
            "limited": WaitReason.SLACK_LIMIT,
            "silent": WaitReason.NO_ANSWER,
            "damaged": WaitReason.UNREADABLE,
            "reply": WaitReason.NO_CARD,
            "later": WaitReason.LATER,
            "withheld": WaitReason.HIDDEN,
            "refused": WaitReason.REFUSED,
            "due": WaitReason.IN_LINE,
        }


AFTER = NOW + timedelta(seconds=20)


async def _reclaim(tx: Tx) -> list[Any]:
    """What was claimed and never settled, once its lease is over."""
    return list(await tx.outbox.claim(AFTER, 12, "me", limit=9))


async def test_what_nobody_settles_fails_and_is_set_aside(store: Store) -> None:
    async with store.begin() as tx:
        await _insert(tx, "poison", "C1")
        for number in range(3):
            await _claim(tx, NOW + timedelta(seconds=20 * number))
        assert await _list(tx, NOW + timedelta(seconds=41)) == {"poison": WaitReason.SENDING}
        [poison] = await tx.undelivered.list_all(NOW + timedelta(seconds=60))
        assert (poison.why, poison.tries) == (WaitReason.FAILING, 3)
        assert poison.until == NOW + timedelta(seconds=40 + 12, minutes=10)
        assert await tx.outbox.claim(poison.until - timedelta(seconds=1), 12, "me", limit=9) == []
        assert len(await tx.outbox.claim(poison.until + timedelta(seconds=1), 12, "me", limit=9)) == 1


@pytest.mark.parametrize("kind", ["notice", "card"])
async def test_what_is_dropped_waits_no_more_and_what_is_retried_is_due(kind: str, store: Store) -> None:
    async with store.begin() as tx:
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        await _insert(tx, "first", "C2", not_before=LATER)
        names = [one.id for one in await tx.undelivered.list_all(NOW)]
        assert names == ["card:1", "notice:1"]
        await tx.undelivered.make_due(names, NOW)
        assert len(await tx.outbox.claim(NOW, 12, "me", limit=9)) == 1
        await tx.undelivered.drop(["notice:1"], NOW)
        assert "first" in await _list(tx), "what is on its way stays as it is"
        await tx.undelivered.drop([f"{kind}:1"], AFTER)
        assert [one.id for one in await tx.undelivered.list_all(AFTER)] == [name for name in names if kind not in name]


async def test_what_slack_refused_is_posted_again_once_somebody_retries_it_and_never_where_it_is_dropped(
    store: Store,
) -> None:
    async with store.begin() as tx:
        card = await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        [claimed] = await tx.cards.claim(NOW, 12, "me", limit=9)
        await tx.cards.settle_undeliverable(claimed, "is_archived", NOW)
        await _insert(tx, "w1:failed", "C1", card_id=card.id)
        [notice] = await tx.outbox.claim(NOW, 12, "me", limit=9)
        await tx.outbox.settle_undeliverable(notice, "is_archived", NOW)
        waiting = await tx.undelivered.list_all(NOW)
        assert [(one.id, one.why, one.reason) for one in waiting] == [
            ("card:1", WaitReason.REFUSED, "is_archived"),
            ("notice:1", WaitReason.REFUSED, "is_archived"),
        ]
        assert await tx.outbox.claim(LATER, 12, "me", limit=9) == []
        assert await tx.undelivered.make_due(["card:1", "notice:1"], NOW, "T2") == 0
        assert await tx.undelivered.make_due(["card:1", "notice:1"], NOW, "T1") == 2
        [again] = await tx.cards.claim(NOW, 12, "me", limit=9)
        assert await tx.outbox.claim(NOW, 12, "me", limit=9) == [], "it follows its card"
        await tx.cards.settle_sent(again, "1.1", NOW)
        [told] = await tx.outbox.claim(NOW, 12, "me", limit=9)
        assert (told.key, told.thread_ts, told.unfinished_since) == ("w1:failed", "1.1", None)
        await tx.outbox.settle_undeliverable(told, "restricted_action", NOW)
        assert await tx.undelivered.drop(["notice:1"], NOW, "T1") == 1
        assert await tx.undelivered.list_all(NOW) == []


async def test_what_was_sent_or_dropped_is_not_sent_again(store: Store) -> None:
    async with store.begin() as tx:
        await _insert(tx, "sent", "C1")
        [sent] = await tx.outbox.claim(NOW, 12, "me", limit=9)
        await tx.outbox.settle_sent(sent, "1.1", NOW)
        await _insert(tx, "dropped", "C1")
        assert await tx.undelivered.drop(["notice:2"], NOW) == 1
        assert await tx.undelivered.make_due(["notice:1", "notice:2"], NOW) == 0


async def test_one_workspace_reads_only_its_own_and_no_more_than_asked_for(store: Store) -> None:
    async with store.begin() as tx:
        for number in range(3):
            await _insert(tx, f"w{number}", "C1")
        await tx.outbox.insert("other", "T2", "C1", message=Message("It failed"), now=NOW)
        assert [one.key for one in await tx.undelivered.list_all(NOW, "T2")] == ["other"]
        assert [one.key for one in await tx.undelivered.list_all(NOW, "T1", 2)] == ["w0", "w1"]


async def test_a_hold_that_was_decided_meanwhile_is_read_again_once_it_is_retried(
    store: Store,
) -> None:
    async with store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=NOW)
        await tx.pipelines.update("p1", "{}", "main", tag=None, finished_at=NOW, next_look_at=None, was_due_at=NOW)
        about, said = About("p1", ("w1:hold:j1",)), Message("It waits")
        await tx.outbox.insert("held", "T1", "C1", message=said, about=about, now=NOW)
        [held] = await tx.outbox.claim(NOW, 12, "me", limit=9)
        await tx.outbox.settle_undeliverable(held, "is_archived", NOW)
        assert await tx.undelivered.make_due(["notice:1"], LATER, "T1") == 1
        found = await tx.pipelines.find("p1")
        assert found
        assert found.next_look_at == LATER
