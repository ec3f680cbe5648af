"""Notices that change after they were posted: Slack shows their last words; what may be true no more is not said."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from bot.messages import About, Message
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.slack_users import DEPLOYS

DECIDED = Message("It was approved")


class Died(BaseException):
    """Whatever the process was doing, it does no more."""


async def _posted(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "It waits")
    await harness.run_delivery()
    assert "It waits" in await harness.list_texts()


async def _concludes(harness: DeliveryHarness) -> None:
    async with harness.store.begin() as tx:
        [notice] = await tx.revisions.list_hold_notices("p1")
        await tx.revisions.conclude(notice, DECIDED, harness.clock.now())


async def test_what_was_posted_says_what_came_of_it_where_it_stands(harness: DeliveryHarness) -> None:
    await _posted(harness)
    [_, before] = await harness.list_messages()
    await _concludes(harness)
    await harness.run_delivery()
    [_, after] = await harness.list_messages()
    assert (after["ts"], after["text"], after["thread_ts"]) == (before["ts"], "It was approved", before["thread_ts"])


async def test_a_limit_is_waited_for_and_a_lost_answer_asked_for_again(harness: DeliveryHarness) -> None:
    await _posted(harness)
    await harness.inject_fault("chat.update", status=429, retry_after=7, count=1)
    await _concludes(harness)
    await harness.run_delivery()
    harness.clock.advance(6.9)
    await harness.run_delivery()
    assert "It waits" in await harness.list_texts()
    await harness.inject_fault("chat.update", status=500, count=1)
    for _ in range(3):
        harness.clock.advance(5)
        await harness.run_delivery()
    assert "It was approved" in await harness.list_texts()
    assert len([call for call in await harness.list_calls("chat.update") if call["ok"]]) == 1


async def test_a_notice_that_somebody_deleted_stays_away(harness: DeliveryHarness) -> None:
    await _posted(harness)
    await harness.inject_fault("chat.update", error="message_not_found", count=1)
    await _concludes(harness)
    for _ in range(3):
        await harness.run_delivery()
        harness.clock.advance(60)
    assert len(await harness.list_calls("chat.update")) == 1
    assert await harness.list_messages("D0ADA") == [], "and nobody is told of it"


async def test_who_dies_after_the_change_leaves_it_to_the_next_and_nothing_is_said_twice(
    harness: DeliveryHarness,
) -> None:
    await _posted(harness)
    await _concludes(harness)

    def reach(step: str) -> None:
        if step == "delivery.after_send":
            raise Died

    dying = harness.add_delivery("dying", reach)
    with contextlib.suppress(Died):
        await dying.tick()
        await dying.drain(20)
    harness.clock.advance(60)
    await harness.run_delivery()
    assert (await harness.list_texts())[1:] == ["It was approved"]


async def test_an_announcement_found_after_a_lost_answer_is_changed_if_it_was_decided_meanwhile(
    harness: DeliveryHarness,
) -> None:
    await harness.enqueue(1)
    await harness.run_delivery()
    await harness.inject_fault("chat.postMessage", accept_then_drop=True, count=1)
    await harness.enqueue(1, "It waits")
    await harness.run_delivery()
    await _concludes(harness)
    harness.clock.advance(30)
    await harness.run_delivery()
    assert (await harness.list_texts())[1:] == ["It was approved"]


async def test_what_may_be_true_no_more_is_not_said_but_asked_anew(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, over=False)
    await harness.run_delivery()
    now = harness.clock.now()
    async with harness.store.begin() as tx:
        [card] = await tx.cards.list_for_pipeline("p1")
        still = Message("It still waits")
        good_until = now + timedelta(seconds=60)
        await tx.outbox.insert(
            "k",
            TEAM,
            DEPLOYS,
            message=still,
            card_id=card.id,
            about=About("p1", ("w:hold:j",)),
            good_until=good_until,
            now=now,
        )
    harness.clock.advance(60)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]
    async with harness.store.begin() as tx:
        assert [(one.hold, one.due_at) for one in await tx.reminders.list_for_pipeline("p1")] == [
            ("w:hold:j", harness.clock.now())
        ]
        assert (await tx.backlog.load(harness.clock.now())).notices == 0
