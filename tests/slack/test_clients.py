from __future__ import annotations

from typing import Any, cast

from bot.clock import SystemClock
from bot.slack.clients import SlackClients


async def test_all_calls_to_slack_trust_the_same_so_that_their_connections_are_kept() -> None:
    clients = SlackClients(
        api_url="https://slack.com/api/", token="xoxb-1", store=cast("Any", None), clock=SystemClock()
    )
    first, second = await clients.find("T1"), await clients.find_no_retry("T1")
    assert first
    assert second
    assert first.ssl is second.ssl is True
    assert first.session is second.session is not None
    await clients.close()
