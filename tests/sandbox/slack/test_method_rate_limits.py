from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.method_rate_limits import POST_BURST, MethodRateLimits
from sandbox.virtual_clock import ManualClock
from tests.sandbox.slack.workspace import DEPLOYS, WEB, PageClient


@pytest.fixture
def paced(workspace: PageClient) -> Iterator[PageClient]:
    """A workspace that keeps Slack's rate limits."""
    workspace.sandbox.slack.rate_limits = MethodRateLimits(workspace.clock, on=True)
    yield workspace
    workspace.sandbox.slack.reset()


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(paced: PageClient) -> None:
    for number in range(4):
        await paced.web.chat_postMessage(channel=DEPLOYS, text=str(number))
    body = {"channel": DEPLOYS, "text": "too fast"}
    headers = {"Authorization": "Bearer xoxb-sandbox"}
    limited = await paced.http.post("/slack/api/chat.postMessage", json=body, headers=headers)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "1")
    assert limited.json() == {"ok": False, "error": "ratelimited"}
    assert (await paced.web.chat_postMessage(channel=WEB, text="another channel"))["ok"]
    paced.clock.advance(1)
    assert (await paced.web.chat_postMessage(channel=DEPLOYS, text="slow enough"))["ok"]
    assert (await paced.refusal(paced.web.chat_postMessage(channel=DEPLOYS, text="too fast")))["error"] == "ratelimited"


async def test_updates_are_limited_for_all_channels_together(paced: PageClient) -> None:
    stamps = {
        channel: (await paced.web.chat_postMessage(channel=channel, text="card"))["ts"] for channel in (DEPLOYS, WEB)
    }
    for number in range(50):
        channel = (DEPLOYS, WEB)[number % 2]
        await paced.web.chat_update(channel=channel, ts=stamps[channel], text=str(number))
    for channel in (DEPLOYS, WEB):
        refused = await paced.refusal(paced.web.chat_update(channel=channel, ts=stamps[channel], text="?"))
        assert refused["error"] == "ratelimited"
    paced.clock.advance(1.3)
    assert (await paced.web.chat_update(channel=WEB, ts=stamps[WEB], text="now"))["ok"]


def test_each_tier_allows_its_calls_a_minute() -> None:
    clock = ManualClock()
    for tier, calls in ((1, 1), (2, 20), (3, 50), (4, 100)):
        pace = MethodRateLimits(clock, on=True)
        for _ in range(calls):
            pace.count_call("method", tier)
        with pytest.raises(FakeSlackError):
            pace.count_call("method", tier)
        clock.advance(60)
        pace.count_call("method", tier)


@given(st.floats(0, 100_000))
def test_a_second_is_a_second_whenever_it_begins(begun_s: float) -> None:
    clock = ManualClock()
    clock.advance(begun_s)
    pace = MethodRateLimits(clock, on=True)
    for _ in range(POST_BURST):
        pace.count_post(DEPLOYS)
    for _ in range(3):
        clock.advance(1)
        pace.count_post(DEPLOYS)


def test_without_limits_nothing_is_counted_out() -> None:
    pace = MethodRateLimits(ManualClock(), on=False)
    for _ in range(500):
        pace.count_post(DEPLOYS)
