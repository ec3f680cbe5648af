"""What could not be said for a day becomes one summary for each channel; what is younger is told one by one."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import ProjectSlug
from bot.messages import Message
from tests.plugins.block_reader import text_of
from tests.plugins.delivery_harness import TEAM, Desk
from tests.plugins.slack_users import DEPLOYS, WEB

HOUR = 3600.0
WEB_PROJECT, SECRET = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "secret")


async def test_a_day_of_silence_becomes_one_message_a_channel_and_the_rest_is_told(desk: Desk) -> None:
    for number in range(1, 31):
        await desk.wants(number, f"#{number} failed", channel=DEPLOYS if number % 2 else WEB)
    desk.clock.move(25 * HOUR)
    await desk.wants(31, "#31 failed")
    await desk.works(turns=8)
    [summary, card, notice] = await desk.messages()
    assert "15 things" in text_of(summary)
    assert "#29 failed" in text_of(summary)
    assert "#1 failed" not in text_of(summary)
    assert "5 before these" in text_of(summary)
    assert "#31" in text_of(card)
    assert (text_of(notice), notice["thread_ts"]) == ("#31 failed", card["ts"])
    [elsewhere] = await desk.messages(WEB)
    assert "15 things" in text_of(elsewhere)


async def test_a_summary_speaks_of_one_project_since_another_may_be_hidden(desk: Desk) -> None:
    for number, project in enumerate([WEB_PROJECT, WEB_PROJECT, SECRET, SECRET]):
        async with desk.store.begin() as tx:
            said = Message(f"{project.project} #{number}")
            await tx.outbox.add(f"n{number}", TEAM, DEPLOYS, said, project=project, now=desk.clock.now())
    desk.hidden.add((DEPLOYS, str(SECRET)))
    desk.clock.move(25 * HOUR)
    await desk.works(turns=8)
    [summary] = await desk.messages()
    assert "2 things" in text_of(summary)
    assert "secret" not in text_of(summary)


async def test_a_single_old_notice_is_told_as_it_is(desk: Desk) -> None:
    await desk.wants(1, "It failed")
    desk.clock.move(25 * HOUR)
    await desk.works()
    assert await desk.shown() == ["It failed"]


async def test_a_pipeline_that_still_runs_gets_its_card_however_late(desk: Desk) -> None:
    await desk.wants(1, "It waits for approval", over=False)
    desk.clock.move(25 * HOUR)
    await desk.works()
    [card, notice] = await desk.messages()
    assert "#1" in text_of(card)
    assert notice["thread_ts"] == card["ts"]


async def test_a_summary_that_slack_refused_for_now_grows_and_is_said_once(desk: Desk) -> None:
    for number in range(1, 4):
        await desk.wants(number, f"#{number} failed")
    desk.clock.move(2 * HOUR)
    await desk.wants(4, "#4 failed")
    desk.clock.move(23 * HOUR)
    await desk.fault("chat.postMessage", status=429, retry_after=4 * HOUR, count=1)
    await desk.works()
    assert await desk.messages() == []
    desk.clock.move(4 * HOUR)
    await desk.works()
    [summary] = await desk.messages()
    assert "4 things" in text_of(summary)


async def test_what_was_put_off_until_later_is_not_too_old_when_its_time_comes(desk: Desk) -> None:
    for number in (1, 2):
        await desk.wants(number, f"#{number} failed")
    later = desk.clock.now() + timedelta(hours=30)
    async with desk.store.begin() as tx:
        await tx.outbox.add("digest", TEAM, DEPLOYS, Message("The week"), not_before=later, now=desk.clock.now())
    desk.clock.move(31 * HOUR)
    await desk.works()
    assert sorted(text_of(one)[:8] for one in await desk.messages()) == [":hourgla", "The week"]
    await desk.message("2 things")
