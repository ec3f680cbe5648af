"""Slack says gone: it is settled with a reason, somebody is told once, and nothing is tried for ever."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from tests.plugins.delivery_harness import Desk
from tests.plugins.slack_users import ADA, DEPLOYS, GRACE, PRIVATE

ARCHIVED = "C0ARCHIVED"


async def _told(desk: Desk, person: str) -> list[str]:
    return [
        line
        for line in await desk.shown(f"D{person[1:]}", as_=person)
        if "could not post" in line or "up to date" in line
    ]


async def _reasons(desk: Desk, number: int, channel: str = DEPLOYS) -> str | None:
    async with desk.store.read() as tx:
        return next(card.gone_reason for card in await tx.cards.of_pipeline(f"p{number}") if card.channel == channel)


@pytest.mark.parametrize(
    ("channel", "reason", "says"),
    [
        (ARCHIVED, "is_archived", "unarchive"),
        (PRIVATE, "channel_not_found", "/invite"),
        ("D0PAIR", "channel_not_found", "in a channel, or to me alone"),
    ],
)
async def test_the_owner_of_the_rules_is_told_once_for_each_channel_and_reason(
    desk: Desk, channel: str, reason: str, says: str
) -> None:
    await desk.rule(ADA, channel)
    await desk.rule(GRACE, channel)
    for number in range(1, 6):
        await desk.wants(number, "It failed", channel=channel)
    await desk.works(turns=12)
    assert await _reasons(desk, 5, channel) == reason
    for person in (ADA, GRACE):
        [told] = await _told(desk, person)
        assert (channel if channel.startswith("C") else "a direct message") in told
        assert says in told


async def test_who_asked_is_told_and_not_the_owner(desk: Desk) -> None:
    await desk.rule(GRACE, ARCHIVED)
    await desk.wants(1, "It failed", channel=ARCHIVED, asked_by=ADA)
    await desk.works()
    assert len(await _told(desk, ADA)) == 1
    assert await _told(desk, GRACE) == []


async def test_nothing_is_tried_again(desk: Desk) -> None:
    await desk.wants(1, "It failed", channel=ARCHIVED)
    await desk.works()
    tries = len(await desk.calls("chat.postMessage"))
    desk.clock.move(3600)
    await desk.changes(1)
    await desk.works()
    assert len(await desk.calls("chat.postMessage")) == tries == 2


async def test_a_card_that_somebody_deleted_does_not_come_back_and_its_news_stand_alone(desk: Desk) -> None:
    await desk.wants(1, asked_by=ADA)
    await desk.works()
    await _delete(desk, (await desk.card())["ts"])
    await desk.changes(1)
    await desk.works()
    assert await _reasons(desk, 1) == "message_not_found"
    await desk.wants(1, "It failed")
    await desk.works()
    assert await desk.shown() == ["It failed"]
    [told] = await _told(desk, ADA)
    assert "was deleted" in told


async def test_a_person_who_asks_for_a_deleted_card_gets_it(desk: Desk) -> None:
    await desk.wants(1, asked_by=ADA)
    await desk.works()
    await _delete(desk, (await desk.card())["ts"])
    await desk.changes(1)
    await desk.works()
    await desk.wants(1, asked_by=ADA)
    await desk.works()
    assert len(await desk.shown()) == 1


async def test_a_notice_under_a_card_that_was_just_deleted_stands_alone(desk: Desk) -> None:
    await desk.wants(1)
    await desk.works()
    await _delete(desk, (await desk.card())["ts"])
    await desk.wants(1, "It failed")
    async with desk.store.begin() as tx:
        [card] = await tx.cards.of_pipeline("p1")
        await tx.cards.settle_sent(card, card.ts or "", desk.clock.now())
    await desk.works()
    assert await desk.shown() == ["It failed"]


@pytest.mark.parametrize("reason", ["token_revoked", "account_inactive"])
async def test_a_workspace_that_sent_us_away_is_left_alone(desk: Desk, reason: str) -> None:
    await desk.fault("chat.postMessage", error=reason, count=1)
    await desk.rule(ADA)
    await desk.wants(1)
    await desk.works()
    for number in range(2, 6):
        await desk.wants(number, "It failed")
    await desk.works(turns=12)
    assert len(await desk.calls("chat.postMessage")) == 1
    assert await _reasons(desk, 5) == reason
    async with desk.store.read() as tx:
        assert await tx.outbox.backlog() == 0
    assert await _told(desk, ADA) == []


async def test_a_token_that_was_set_wrongly_gives_nothing_up_and_is_told_once(desk: Desk) -> None:
    await desk.fault("chat.postMessage", error="invalid_auth", count=3)
    for number in range(1, 6):
        await desk.wants(number)
    await desk.wants(1, "It failed")
    with capture_logs() as logged:
        for _ in range(5):
            await desk.works()
            desk.clock.move(60)
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["slack.token_refused"]
    assert len(await desk.shown()) == 6


async def _delete(desk: Desk, ts: str) -> None:
    answer = await desk.http.post(
        "/slack/api/chat.delete", data={"token": "xoxb-sandbox", "channel": DEPLOYS, "ts": ts}
    )
    assert answer.json()["ok"], answer.text
