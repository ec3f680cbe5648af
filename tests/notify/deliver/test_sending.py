"""Slack says gone: it is settled with a reason, somebody is told once, and nothing is tried for ever."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.domain.people import Account, AccountState
from bot.messages import Message
from bot.notify.deliver.delivery import Delivery
from bot.notify.send_results import Absent, FindResult, PostRequest, SendResult, Sent
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.slack_users import ADA, DEPLOYS, GRACE, PRIVATE

ARCHIVED = "C0ARCHIVED"


async def _told(harness: DeliveryHarness, person: str) -> list[str]:
    return [
        line
        for line in await harness.list_texts(f"D{person[1:]}", as_=person)
        if "could not post" in line or "up to date" in line
    ]


async def _reasons(harness: DeliveryHarness, number: int, channel: str = DEPLOYS) -> str | None:
    async with harness.store.begin_read() as tx:
        return next(
            card.gone_reason for card in await tx.cards.list_for_pipeline(f"p{number}") if card.channel == channel
        )


@pytest.mark.parametrize(
    ("channel", "reason", "says"),
    [
        (ARCHIVED, "is_archived", "unarchive"),
        (PRIVATE, "channel_not_found", "/invite"),
        ("D0PAIR", "channel_not_found", "Ask in a channel, or me alone"),
    ],
)
async def test_the_owner_of_the_rules_is_told_once_for_each_channel_and_reason(
    harness: DeliveryHarness, channel: str, reason: str, says: str
) -> None:
    await harness.insert_rule(ADA, channel)
    await harness.insert_rule(GRACE, channel)
    for number in range(1, 6):
        await harness.enqueue(number, "It failed", channel=channel)
    await harness.run_delivery(turns=12)
    assert await _reasons(harness, 5, channel) == reason
    for person in (ADA, GRACE):
        [told] = await _told(harness, person)
        assert (channel if channel.startswith("C") else "a direct message") in told
        assert says in told


async def test_who_asked_is_told_and_not_the_owner(harness: DeliveryHarness) -> None:
    await harness.insert_rule(GRACE, ARCHIVED)
    await harness.enqueue(1, "It failed", channel=ARCHIVED, asked_by=ADA)
    await harness.run_delivery()
    assert len(await _told(harness, ADA)) == 1
    assert await _told(harness, GRACE) == []


async def test_nothing_is_tried_again(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, "It failed", channel=ARCHIVED)
    await harness.run_delivery()
    tries = len(await harness.list_calls("chat.postMessage"))
    harness.clock.advance(3600)
    await harness.mark_card_dirty(1)
    await harness.run_delivery()
    assert len(await harness.list_calls("chat.postMessage")) == tries == 2


async def test_a_card_that_somebody_deleted_does_not_come_back_and_its_news_stand_alone(
    harness: DeliveryHarness,
) -> None:
    await harness.enqueue(1, asked_by=ADA)
    await harness.run_delivery()
    await _delete(harness, (await harness.card())["ts"])
    await harness.mark_card_dirty(1)
    await harness.run_delivery()
    assert await _reasons(harness, 1) == "message_not_found"
    await harness.enqueue(1, "It failed")
    await harness.run_delivery()
    assert await harness.list_texts() == ["It failed"]
    [told] = await _told(harness, ADA)
    assert "deleted its message" in told


async def test_a_person_who_asks_for_a_deleted_card_gets_it(harness: DeliveryHarness) -> None:
    await harness.enqueue(1, asked_by=ADA)
    await harness.run_delivery()
    await _delete(harness, (await harness.card())["ts"])
    await harness.mark_card_dirty(1)
    await harness.run_delivery()
    await harness.enqueue(1, asked_by=ADA)
    await harness.run_delivery()
    assert len(await harness.list_texts()) == 1


async def test_a_notice_under_a_card_that_was_just_deleted_stands_alone(harness: DeliveryHarness) -> None:
    await harness.enqueue(1)
    await harness.run_delivery()
    await _delete(harness, (await harness.card())["ts"])
    await harness.enqueue(1, "It failed")
    async with harness.store.begin() as tx:
        [card] = await tx.cards.list_for_pipeline("p1")
        await tx.cards.settle_sent(card, card.ts or "", harness.clock.now())
    await harness.run_delivery()
    assert await harness.list_texts() == ["It failed"]


async def test_a_line_names_its_pipeline_once_its_card_is_gone(harness: DeliveryHarness) -> None:
    line = Message("web #1: build failed", [{"type": "section", "text": {"type": "mrkdwn", "text": "build failed"}}])
    for number in (1, 2):
        await harness.enqueue(number)
        await harness.run_delivery()
    posted = await harness.list_messages(DEPLOYS)
    await _delete(harness, posted[-1]["ts"])
    for number in (1, 2):
        async with harness.store.begin() as tx:
            [card] = await tx.cards.list_for_pipeline(f"p{number}")
            reply = {"card_id": card.id, "broadcast": True, "details": Message("why")}
            await tx.outbox.insert(f"f{number}", TEAM, DEPLOYS, message=line, **reply, now=harness.clock.now())
    await harness.run_delivery()
    told = [one for one in await harness.list_messages(DEPLOYS) if one["text"] == line.text]
    assert sorted(get_text({"blocks": one.get("blocks", [])}) for one in told) == ["", "build failed"]


@pytest.mark.parametrize("reason", ["token_revoked", "account_inactive"])
async def test_a_workspace_that_sent_us_away_is_left_alone(harness: DeliveryHarness, reason: str) -> None:
    await harness.inject_fault("chat.postMessage", error=reason, count=1)
    await harness.insert_rule(ADA)
    await harness.enqueue(1)
    await harness.run_delivery()
    for number in range(2, 6):
        await harness.enqueue(number, "It failed")
    await harness.run_delivery(turns=12)
    assert len(await harness.list_calls("chat.postMessage")) == 1
    assert await _reasons(harness, 5) == reason
    async with harness.store.begin_read() as tx:
        assert (await tx.backlog.load(harness.clock.now())).notices == 0
    assert await _told(harness, ADA) == []


async def test_a_token_that_was_set_wrongly_gives_nothing_up_and_is_told_once(harness: DeliveryHarness) -> None:
    await harness.inject_fault("chat.postMessage", error="invalid_auth", count=3)
    for number in range(1, 6):
        await harness.enqueue(number)
    await harness.enqueue(1, "It failed")
    with capture_logs() as logged:
        for _ in range(5):
            await harness.run_delivery()
            harness.clock.advance(60)
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["slack.token_refused"]
    assert len(await harness.list_texts()) == 6


async def _delete(harness: DeliveryHarness, ts: str) -> None:
    answer = await harness.http.post(
        "/slack/api/chat.delete", data={"token": "xoxb-sandbox", "channel": DEPLOYS, "ts": ts}
    )
    assert answer.json()["ok"], answer.text


@dataclass
class _Recorder:
    """A Slack of many workspaces, which takes whatever comes: where, and what a card says below its title."""

    shown: list[tuple[str, str]] = field(default_factory=list)

    async def post(self, post: PostRequest) -> SendResult:
        return await self.update(post.workspace, post.channel, "1.1", post.message)

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> SendResult:
        self.shown.append((workspace, get_text(message.blocks[1])))
        return Sent(ts)

    def may_read(self, workspace: str) -> bool:
        return workspace == TEAM

    async def find(self, post: PostRequest, since: datetime) -> FindResult:
        return Absent()


async def test_a_login_is_another_person_in_another_workspace(harness: DeliveryHarness) -> None:
    await harness.enqueue(1)
    now, names = harness.clock.now(), {TEAM: "Ada", "T2": "Adam"}
    async with harness.store.begin() as tx:
        await tx.cards.upsert("T2", "C2", "p1", asked_by=None, now=now)
        await tx.cards.upsert("T3", "C3", "p1", asked_by=None, now=now)
        for workspace, name in names.items():
            user = f"U{name.upper()}"
            await tx.accounts.upsert(Account(workspace, user, "c-ada", "ada", name, AccountState.ACTIVE, now, "token"))
            await tx.logins.upsert_verified(workspace, user, "ada", now=now)
    slack = _Recorder()
    delivery = Delivery(replace(harness.build_dependencies(), poster=slack), holder="two", wake=lambda: None)
    await harness.run_delivery(delivery)
    told = {workspace: text.rpartition("push by ")[2] for workspace, text in slack.shown}
    assert told == {TEAM: "Ada", "T2": "Adam", "T3": "ada"}
    await harness.mark_card_dirty(1)
    await harness.run_delivery(delivery)
    told = {workspace: text.rpartition("push by ")[2] for workspace, text in slack.shown[3:]}
    assert told == {TEAM: "<@UADA>", "T2": "<@UADAM>", "T3": "ada"}
