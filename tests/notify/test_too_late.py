"""What could not be said for a day becomes one summary for each channel; what is younger is told one by one."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks import kit
from bot.domain import ProjectSlug
from bot.messages import Message
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.slack_users import DEPLOYS, WEB

HOUR = 3600.0
WEB_PROJECT, SECRET = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "secret")


async def test_a_day_of_silence_becomes_one_message_a_channel_and_the_rest_is_told(harness: DeliveryHarness) -> None:
    for number in range(1, 31):
        await harness.enqueue(number, f"#{number} failed", channel=DEPLOYS if number % 2 else WEB)
    harness.clock.advance(25 * HOUR)
    await harness.enqueue(31, "#31 failed")
    await harness.run_delivery(turns=8)
    [summary, card, notice] = await harness.list_messages()
    assert "15 things" in get_text(summary)
    assert "#29 failed" in get_text(summary)
    assert "#1 failed" not in get_text(summary)
    assert "5 more things before these" in get_text(summary)
    assert "#31" in get_text(card)
    assert (get_text(notice), notice["thread_ts"]) == ("#31 failed", card["ts"])
    [elsewhere] = await harness.list_messages(WEB)
    assert "15 things" in get_text(elsewhere)


async def test_a_summary_speaks_of_one_project_since_another_may_be_hidden(harness: DeliveryHarness) -> None:
    for number, project in enumerate([WEB_PROJECT, WEB_PROJECT, SECRET, SECRET]):
        async with harness.store.begin() as tx:
            said = Message(f"{project.project} #{number}")
            await tx.outbox.insert(f"n{number}", TEAM, DEPLOYS, message=said, project=project, now=harness.clock.now())
    harness.hidden.add((DEPLOYS, str(SECRET)))
    harness.clock.advance(25 * HOUR)
    await harness.run_delivery(turns=8)
    [summary] = await harness.list_messages()
    assert "2 things" in get_text(summary)
    assert "secret" not in get_text(summary)


async def test_a_single_old_notice_is_told_as_it_is(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "It failed")
    harness.clock.advance(25 * HOUR)
    await harness.run_delivery()
    assert await harness.list_texts() == ["It failed"]


async def test_a_pipeline_that_still_runs_gets_its_card_however_late(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "It waits for approval", over=False)
    harness.clock.advance(25 * HOUR)
    await harness.run_delivery()
    [card, notice] = await harness.list_messages()
    assert "#1" in get_text(card)
    assert notice["thread_ts"] == card["ts"]


async def test_a_summary_that_slack_refused_for_now_grows_and_is_said_once(harness: DeliveryHarness) -> None:
    for number in range(1, 4):
        await harness.enqueue(number, f"#{number} failed")
    harness.clock.advance(2 * HOUR)
    await harness.enqueue(4, "#4 failed")
    harness.clock.advance(23 * HOUR)
    await harness.inject_fault("chat.postMessage", status=429, retry_after=4 * HOUR, count=1)
    await harness.run_delivery()
    assert await harness.list_messages() == []
    harness.clock.advance(4 * HOUR)
    await harness.run_delivery()
    [summary] = await harness.list_messages()
    assert "4 things" in get_text(summary)


async def test_a_summary_still_tells_of_all_when_what_it_began_with_is_decided(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "#1 waits")
    await harness.enqueue(2, "#2 failed")
    harness.clock.advance(25 * HOUR)
    await _decide(harness, "p1:C0DEPLOYS:0")
    await harness.run_delivery()
    await _decide(harness, "p1:C0DEPLOYS:0")
    await harness.run_delivery()
    [summary] = await harness.list_messages()
    assert "2 things" in get_text(summary)
    assert "#2 failed" in get_text(summary)


async def _decide(harness: DeliveryHarness, key: str) -> None:
    async with harness.store.begin() as tx:
        await tx.revisions.revise(key, Message("#1 was approved", [kit.section("#1 was approved")]))


async def test_what_was_put_off_until_later_is_not_too_old_when_its_time_comes(harness: DeliveryHarness) -> None:
    for number in (1, 2):
        await harness.enqueue(number, f"#{number} failed")
    later = harness.clock.now() + timedelta(hours=30)
    async with harness.store.begin() as tx:
        await tx.outbox.insert(
            "digest", TEAM, DEPLOYS, message=Message("The week"), not_before=later, now=harness.clock.now()
        )
    harness.clock.advance(31 * HOUR)
    await harness.run_delivery()
    assert sorted(get_text(one)[:8] for one in await harness.list_messages()) == [":hourgla", "The week"]
    await harness.message("2 things")


async def test_a_summary_speaks_in_short_and_is_followed_by_no_details(harness: DeliveryHarness) -> None:
    async with harness.store.begin() as tx:
        for number in (1, 2):
            await tx.outbox.insert(
                f"k{number}",
                TEAM,
                DEPLOYS,
                message=Message(f"#{number} failed"),
                details=Message(f"why #{number} failed"),
                now=harness.clock.now(),
            )
    harness.clock.advance(25 * HOUR)
    await harness.run_delivery()
    [summary] = await harness.list_messages()
    assert "2 things" in get_text(summary)


async def test_a_card_that_may_stand_there_is_looked_for_though_a_summary_tells_of_its_pipeline(
    harness: DeliveryHarness,
) -> None:
    harness.clock.advance(-24 * HOUR)
    for number in range(1, 4):
        await harness.enqueue(number, f"#{number} failed")
    harness.clock.advance(24 * HOUR - 1)
    await harness.inject_fault("chat.postMessage", accept_then_drop=True, count=1)
    await harness.run_delivery(turns=1)
    harness.clock.advance(60)
    await harness.inject_fault("conversations.history", status=429, retry_after=60, count=1)
    await harness.run_delivery(turns=8)
    [card, summary] = await harness.list_messages()
    assert "3 things" in get_text(summary)
    harness.clock.advance(61)
    await harness.run_delivery(turns=8)
    async with harness.store.begin_read() as tx:
        [known] = await tx.cards.list_for_pipeline("p1")
    assert (known.ts, known.gone_reason) == (card["ts"], None)
