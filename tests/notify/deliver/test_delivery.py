"""What happens to what is written: it stands in Slack once, whatever Slack answers and whoever dies."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.messages import FoundBy, FoundEnd, Message
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.sending import RateLimits
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness, run_delivery_harness
from tests.plugins.slack_users import ADA, DEPLOYS, GENERAL, WEB
from tests.plugins.sql_statements import count_statements

LOST = {"accept_then_drop": True}


class Died(BaseException):
    """The process is no more, as far as its claims are concerned."""


async def test_a_card_and_its_notice_stand_in_slack_once(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "It failed")
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1", "p1:C0DEPLOYS:0"]
    [card, notice] = await harness.list_messages()
    assert notice["thread_ts"] == card["ts"]


async def test_a_card_that_a_former_version_posted_is_changed_into_what_it_looks_like_now(
    harness: DeliveryHarness,
) -> None:
    rerun = {"type": "button", "text": {"type": "plain_text", "text": "Rerun build"}, "action_id": "do:1", "value": "x"}
    old = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*gh/acme/web #1*"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": ":white_check_mark: build — success"}},
        {"type": "actions", "block_id": "acts", "elements": [rerun]},
    ]
    answer = await harness.http.post(
        "/slack/api/chat.postMessage",
        headers={"Authorization": "Bearer xoxb-sandbox"},
        json={"channel": DEPLOYS, "text": "gh/acme/web #1", "blocks": old},
    )
    await harness.enqueue(1)
    async with harness.store.begin() as tx:
        [card] = await tx.cards.claim(harness.clock.now(), 12, "former", limit=1)
        await tx.cards.settle_sent(card, answer.json()["ts"], harness.clock.now())
    await harness.mark_card_dirty(1)
    await harness.run_delivery()
    [shown] = await harness.list_messages()
    assert [block["type"] for block in shown["blocks"]] == ["section", "context"]
    assert "Rerun build" not in get_text(shown)


async def test_an_answer_that_was_lost_is_looked_up_and_nothing_is_said_twice(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", **LOST, count=2)
    await harness.enqueue(1, "It failed")
    for _ in range(4):
        await harness.run_delivery()
        harness.clock.advance(6)
    assert await harness.list_posted_keys() == ["card:p1", "p1:C0DEPLOYS:0"]
    assert await harness.list_texts() == [(await harness.card())["text"].partition("\n")[0], "It failed"]


async def test_what_never_arrived_is_posted_after_a_look(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", status=503, count=1)
    await harness.enqueue(1)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == []
    harness.clock.advance(6)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]
    assert len(await harness.list_calls("conversations.history")) == 1


async def test_a_card_that_was_found_is_brought_to_its_newest_state(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", **LOST)
    await harness.enqueue(1)
    await harness.run_delivery()
    harness.clock.advance(6)
    await harness.mark_card_dirty(1)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]
    assert len(await harness.list_calls("chat.update")) == 1


async def test_where_we_may_not_read_it_is_repeated_after_a_while(blind_desk: DeliveryHarness) -> None:
    await blind_desk.inject_fault("chat.postMessage", **LOST)
    await blind_desk.enqueue(1)
    await blind_desk.run_delivery()
    blind_desk.clock.advance(6)
    await blind_desk.run_delivery()
    assert await blind_desk.list_posted_keys() == ["card:p1"], "ten seconds are not over"
    blind_desk.clock.advance(5)
    await blind_desk.run_delivery()
    assert await blind_desk.list_posted_keys() == ["card:p1", "card:p1"]


async def test_a_direct_message_is_looked_up_without_any_optional_scope(blind_desk: DeliveryHarness) -> None:
    await blind_desk.inject_fault("chat.postMessage", **LOST)
    await blind_desk.enqueue(1, channel=ADA)
    await blind_desk.run_delivery()
    blind_desk.clock.advance(6)
    await blind_desk.run_delivery()
    assert await blind_desk.list_posted_keys("D0ADA") == ["card:p1"]


async def test_slack_that_slows_readers_down_is_asked_again_and_not_for_ever(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", **LOST)
    await harness.inject_fault("conversations.history", status=429, retry_after=30, count=0)
    await harness.enqueue(1)
    await harness.run_delivery()
    harness.clock.advance(6)
    await harness.run_delivery()
    harness.clock.advance(29)
    await harness.run_delivery()
    assert len(await harness.list_calls("conversations.history")) == 1
    harness.clock.advance(600)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1", "card:p1"]


@pytest.mark.parametrize("step", ["delivery.after_claim", "delivery.before_send", "delivery.after_send"])
async def test_the_work_of_a_dead_replica_is_taken_over_and_nothing_is_said_twice(
    step: str, harness: DeliveryHarness
) -> None:
    await harness.enqueue(1)
    await _dies_during(harness, step)
    await harness.run_delivery()
    assert len(await harness.list_posted_keys()) == (1 if step == "delivery.after_send" else 0), (
        "the lease of the dead still holds"
    )
    harness.clock.advance(14)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]


async def test_what_a_stop_cut_off_is_looked_for_once_it_would_stand_in_slack(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", delay_s=30, count=1)
    await harness.enqueue(1)
    stopped = harness.add_delivery("stopped")
    await stopped.tick()
    await stopped.drain(0.2)
    harness.clock.advance(4.9)
    await harness.run_delivery()
    assert await harness.list_calls("conversations.history") == []
    harness.clock.advance(0.2)
    await harness.run_delivery()
    assert len(await harness.list_calls("conversations.history")) == 1


async def test_a_card_shows_the_end_of_what_happened_in_between_and_not_every_step(database_url: str) -> None:
    async with run_delivery_harness(database_url, limits=RateLimits()) as harness:
        await harness.enqueue(1)
        await harness.run_delivery(turns=1)
        for _ in range(10):
            await harness.mark_card_dirty(1)
            harness.clock.advance(0.15)
            await harness.run_delivery(turns=1)
        assert await harness.list_calls("chat.update") == []
        harness.clock.advance(0.5)
        await harness.run_delivery(turns=1)
        assert len(await harness.list_calls("chat.update")) == 1
        harness.clock.advance(60)
        await harness.run_delivery(turns=1)
        assert len(await harness.list_calls("chat.update")) == 1, "the last state is shown"


async def test_a_backlog_is_drained_oldest_first_at_one_a_second(database_url: str) -> None:
    async with run_delivery_harness(database_url, limits=RateLimits()) as harness:
        for number in range(1, 6):
            await harness.enqueue(number)
        for _ in range(9):
            await harness.run_delivery(turns=1)
            harness.clock.advance(0.5)
        assert await harness.list_posted_keys() == [f"card:p{number}" for number in range(1, 6)]


async def test_where_we_may_not_look_back_one_post_at_a_time_is_in_doubt(
    blind_desk: DeliveryHarness, harness: DeliveryHarness
) -> None:
    assert await _in_doubt(blind_desk) == 1
    assert await _in_doubt(harness) > 1


async def _in_doubt(harness: DeliveryHarness) -> int:
    """How many posts were with Slack and not settled, at most, after it was known whether we may look back."""
    await harness.enqueue(1)
    await harness.run_delivery()
    sent: list[int] = []

    def reach(step: str) -> None:
        moves = {"delivery.before_send": 1, "delivery.after_settle": -1}
        sent.append((sent[-1] if sent else 0) + moves.get(step, 0))

    for number, channel in enumerate((WEB, DEPLOYS, GENERAL, ADA), 2):
        await harness.enqueue(number, channel=channel)
    await harness.run_delivery(
        Delivery(harness.build_dependencies(reach), holder="counted", wake=lambda: None), turns=1
    )
    return max(sent)


async def test_a_slow_channel_delays_no_other(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", delay_s=30, count=3)
    for number in range(1, 120):
        await harness.enqueue(number, channel=WEB)
    for _ in range(120):
        await harness.deliveries[0].tick()
    await harness.enqueue(120, channel=DEPLOYS)
    await harness.deliveries[0].tick()
    await harness.card("#120")
    assert len(await harness.list_posted_keys(WEB)) <= 3
    await harness.deliveries[0].drain(0)


async def test_while_many_are_under_way_what_comes_meanwhile_is_claimed_together(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", delay_s=30, count=40)
    delivery = Delivery(harness.build_dependencies(), holder="one", wake=lambda: None, batched_s=3600)
    for number in range(1, 41):
        await harness.enqueue(number, channel=f"C{number}")
    await delivery.tick()
    with count_statements() as seen:
        assert await delivery.tick() > 3000
    assert seen.count == 0
    await delivery.drain(0)


async def test_retry_after_is_kept_to_the_second_and_only_by_its_channel(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", status=429, retry_after=7, count=1)
    await harness.enqueue(1, channel=WEB)
    await harness.run_delivery()
    await harness.enqueue(2, channel=WEB)
    await harness.enqueue(3, channel=DEPLOYS)
    harness.clock.advance(6.9)
    await harness.run_delivery()
    assert (await harness.list_posted_keys(WEB), await harness.list_posted_keys(DEPLOYS)) == ([], ["card:p3"])
    harness.clock.advance(0.1)
    await harness.run_delivery()
    assert await harness.list_posted_keys(WEB) == ["card:p1", "card:p2"]


async def test_what_is_cut_off_by_a_stop_is_free_for_the_next_at_once(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", delay_s=30, count=1)
    await harness.enqueue(1)
    stopping = harness.add_delivery("stopping")
    await stopping.tick()
    await harness.wait_until(lambda: _struck(harness), "the post to be on its way")
    await stopping.drain(0)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["card:p1"]


async def _struck(harness: DeliveryHarness) -> bool | None:
    return not (await harness.fetch_state("faults"))["faults"] or None


async def _dies_during(harness: DeliveryHarness, step: str) -> None:
    """A replica that dies at this step: what it claimed stays claimed, what it sent is sent."""
    reached = asyncio.Event()

    def reach(now_at: str) -> None:
        if now_at == step:
            reached.set()
            raise Died

    dying = harness.add_delivery("dying", hit_failpoint=reach)
    with contextlib.suppress(Died):
        await dying.tick()
    await reached.wait()


async def test_how_late_an_end_is_told_is_noted_once_when_slack_has_it(harness: DeliveryHarness) -> None:
    end = FoundEnd(harness.clock.now(), FoundBy.WEBHOOK)
    async with harness.store.begin() as tx:
        for key, found_end in (("ended", end), ("other", None)):
            await tx.outbox.insert(
                key, TEAM, DEPLOYS, message=Message(key), found_end=found_end, now=harness.clock.now()
            )
    await harness.inject_fault("chat.postMessage", status=429, retry_after=30, count=1)
    harness.clock.advance(12)
    await harness.run_delivery(turns=1)
    assert not harness.delays
    harness.clock.advance(30)
    await harness.run_delivery()
    assert await harness.list_posted_keys() == ["ended", "other"]
    assert harness.delays == [("webhook", 42.0)]
