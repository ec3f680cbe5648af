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


async def _posted(desk: DeliveryHarness) -> None:
    await desk.enqueue(1, "It waits")
    await desk.run_delivery()
    assert "It waits" in await desk.list_texts()


async def _concludes(desk: DeliveryHarness) -> None:
    async with desk.store.begin() as tx:
        [notice] = await tx.revisions.list_hold_notices("p1")
        await tx.revisions.conclude(notice, DECIDED, desk.clock.now())


async def test_what_was_posted_says_what_came_of_it_where_it_stands(desk: DeliveryHarness) -> None:
    await _posted(desk)
    [_, before] = await desk.list_messages()
    await _concludes(desk)
    await desk.run_delivery()
    [_, after] = await desk.list_messages()
    assert (after["ts"], after["text"], after["thread_ts"]) == (before["ts"], "It was approved", before["thread_ts"])


async def test_a_limit_is_waited_for_and_a_lost_answer_asked_for_again(desk: DeliveryHarness) -> None:
    await _posted(desk)
    await desk.inject_fault("chat.update", status=429, retry_after=7, count=1)
    await _concludes(desk)
    await desk.run_delivery()
    desk.clock.advance(6.9)
    await desk.run_delivery()
    assert "It waits" in await desk.list_texts()
    await desk.inject_fault("chat.update", status=500, count=1)
    for _ in range(3):
        desk.clock.advance(5)
        await desk.run_delivery()
    assert "It was approved" in await desk.list_texts()
    assert len([call for call in await desk.list_calls("chat.update") if call["ok"]]) == 1


async def test_a_notice_that_somebody_deleted_stays_away(desk: DeliveryHarness) -> None:
    await _posted(desk)
    await desk.inject_fault("chat.update", error="message_not_found", count=1)
    await _concludes(desk)
    for _ in range(3):
        await desk.run_delivery()
        desk.clock.advance(60)
    assert len(await desk.list_calls("chat.update")) == 1
    assert await desk.list_messages("D0ADA") == [], "and nobody is told of it"


async def test_who_dies_after_the_change_leaves_it_to_the_next_and_nothing_is_said_twice(desk: DeliveryHarness) -> None:
    await _posted(desk)
    await _concludes(desk)

    def reach(step: str) -> None:
        if step == "delivery.after_send":
            raise Died

    dying = desk.add_delivery("dying", reach)
    with contextlib.suppress(Died):
        await dying.tick()
        await dying.drain(20)
    desk.clock.advance(60)
    await desk.run_delivery()
    assert (await desk.list_texts())[1:] == ["It was approved"]


async def test_an_announcement_found_after_a_lost_answer_is_changed_if_it_was_decided_meanwhile(
    desk: DeliveryHarness,
) -> None:
    await desk.enqueue(1)
    await desk.run_delivery()
    await desk.inject_fault("chat.postMessage", accept_then_drop=True, count=1)
    await desk.enqueue(1, "It waits")
    await desk.run_delivery()
    await _concludes(desk)
    desk.clock.advance(30)
    await desk.run_delivery()
    assert (await desk.list_texts())[1:] == ["It was approved"]


async def test_what_may_be_true_no_more_is_not_said_but_asked_anew(desk: DeliveryHarness) -> None:
    await desk.enqueue(1, over=False)
    await desk.run_delivery()
    now = desk.clock.now()
    async with desk.store.begin() as tx:
        [card] = await tx.cards.list_for_pipeline("p1")
        still = Message("It still waits")
        good_until = now + timedelta(seconds=60)
        await tx.outbox.insert(
            "k", TEAM, DEPLOYS, still, card_id=card.id, about=About("p1", ("w:hold:j",)), good_until=good_until, now=now
        )
    desk.clock.advance(60)
    await desk.run_delivery()
    assert await desk.list_posted_keys() == ["card:1"]
    async with desk.store.begin() as tx:
        assert [(one.hold, one.due_at) for one in await tx.reminders.list_for_pipeline("p1")] == [
            ("w:hold:j", desk.clock.now())
        ]
        assert await tx.outbox.count_queued() == 0
