"""Notices that change after they were posted: Slack shows their last words; what may be true no more is not said."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from bot.messages import About, Message
from tests.plugins.delivery_harness import TEAM, Desk
from tests.plugins.slack_users import DEPLOYS

DECIDED = Message("It was approved")


class Died(BaseException):
    """Whatever the process was doing, it does no more."""


async def _posted(desk: Desk) -> None:
    await desk.wants(1, "It waits")
    await desk.works()
    assert "It waits" in await desk.shown()


async def _concludes(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        [notice] = await tx.revisions.standing("p1")
        await tx.revisions.conclude(notice, DECIDED, desk.clock.now())


async def test_what_was_posted_says_what_came_of_it_where_it_stands(desk: Desk) -> None:
    await _posted(desk)
    [_, before] = await desk.messages()
    await _concludes(desk)
    await desk.works()
    [_, after] = await desk.messages()
    assert (after["ts"], after["text"], after["thread_ts"]) == (before["ts"], "It was approved", before["thread_ts"])


async def test_a_limit_is_waited_for_and_a_lost_answer_asked_for_again(desk: Desk) -> None:
    await _posted(desk)
    await desk.fault("chat.update", status=429, retry_after=7, count=1)
    await _concludes(desk)
    await desk.works()
    desk.clock.move(6.9)
    await desk.works()
    assert "It waits" in await desk.shown()
    await desk.fault("chat.update", status=500, count=1)
    for _ in range(3):
        desk.clock.move(5)
        await desk.works()
    assert "It was approved" in await desk.shown()
    assert len([call for call in await desk.calls("chat.update") if call["ok"]]) == 1


async def test_a_notice_that_somebody_deleted_stays_away(desk: Desk) -> None:
    await _posted(desk)
    await desk.fault("chat.update", error="message_not_found", count=1)
    await _concludes(desk)
    for _ in range(3):
        await desk.works()
        desk.clock.move(60)
    assert len(await desk.calls("chat.update")) == 1
    assert await desk.messages("D0ADA") == [], "and nobody is told of it"


async def test_who_dies_after_the_change_leaves_it_to_the_next_and_nothing_is_said_twice(desk: Desk) -> None:
    await _posted(desk)
    await _concludes(desk)

    def reach(step: str) -> None:
        if step == "delivery.after_send":
            raise Died

    dying = desk.delivery("dying", reach)
    with contextlib.suppress(Died):
        await dying.turn()
        await dying.drain(20)
    desk.clock.move(60)
    await desk.works()
    assert (await desk.shown())[1:] == ["It was approved"]


async def test_an_announcement_found_after_a_lost_answer_is_changed_if_it_was_decided_meanwhile(desk: Desk) -> None:
    await desk.wants(1)
    await desk.works()
    await desk.fault("chat.postMessage", accept_then_drop=True, count=1)
    await desk.wants(1, "It waits")
    await desk.works()
    await _concludes(desk)
    desk.clock.move(30)
    await desk.works()
    assert (await desk.shown())[1:] == ["It was approved"]


async def test_what_may_be_true_no_more_is_not_said_but_asked_anew(desk: Desk) -> None:
    await desk.wants(1, over=False)
    await desk.works()
    now = desk.clock.now()
    async with desk.store.begin() as tx:
        [card] = await tx.cards.of_pipeline("p1")
        still = Message("It still waits")
        good_until = now + timedelta(seconds=60)
        await tx.outbox.add(
            "k", TEAM, DEPLOYS, still, card_id=card.id, about=About("p1", ("w:hold:j",)), good_until=good_until, now=now
        )
    desk.clock.move(60)
    await desk.works()
    assert await desk.posted() == ["card:1"]
    async with desk.store.begin() as tx:
        assert [(one.hold, one.due_at) for one in await tx.reminders.of("p1")] == [("w:hold:j", desk.clock.now())]
        assert await tx.outbox.backlog() == 0
