from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.sandbox.slack.workspace import (
    ADA,
    ARCHIVED,
    DEPLOYS,
    EVE,
    GENERAL,
    GUS,
    PRIVATE,
    WEB,
    PageClient,
    SocketModeApp,
)

Json = dict[str, Any]


class PageEvents:
    """The live events of one person."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    def failures(self) -> list[str]:
        return [event["text"] for event in self.events if event["type"] == "failed"]


@pytest_asyncio.fixture(loop_scope="session")
async def page(workspace: PageClient) -> AsyncIterator[PageEvents]:
    """Ada's page, listening."""
    page, listening = PageEvents(), asyncio.Event()

    async def listen() -> None:
        async for text in workspace.sandbox.slack.page_streams.stream_events(ADA):
            listening.set()
            if text.startswith("data: "):
                page.events.append(json.loads(text.removeprefix("data: ")))
                workspace.sandbox.changes.bump()

    task = asyncio.ensure_future(listen())
    await listening.wait()
    yield page
    task.cancel()


async def test_a_command_carries_what_slack_sends(workspace: PageClient, the_app: SocketModeApp) -> None:
    said = await workspace.say("/circle trigger gh/acme/web --branch main")
    [payload] = await workspace.until(lambda: the_app.payloads("command"))
    assert payload == {
        "token": "sandbox-verification-token",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": DEPLOYS,
        "channel_name": "deploys",
        "user_id": ADA,
        "user_name": "ada",
        "command": "/circle",
        "text": "trigger gh/acme/web --branch main",
        "api_app_id": "A0CIRCLEBOT",
        "is_enterprise_install": "false",
        "response_url": payload["response_url"],
        "trigger_id": said["trigger_id"],
    }
    assert payload["response_url"].startswith(f"{workspace.url}/slack/response/")


@pytest.mark.parametrize(
    ("as_", "channel", "name"),
    [
        (ADA, PRIVATE, "privategroup"),
        (EVE, "D0EVE", "directmessage"),
        (GUS, WEB, "web"),
        (EVE, GENERAL, "general"),
        (ADA, "D0PAIR", "directmessage"),
        (EVE, "C0TRIO", "mpdm-ada--grace--eve-1"),
    ],
)
async def test_commands_work_everywhere_also_without_the_bot(
    workspace: PageClient, the_app: SocketModeApp, as_: str, channel: str, name: str
) -> None:
    await workspace.say("/circle help", as_=as_, channel=channel)
    [payload] = await workspace.until(lambda: the_app.payloads("command"))
    assert (payload["user_id"], payload["channel_id"], payload["channel_name"]) == (as_, channel, name)


async def test_commands_do_not_work_in_threads(workspace: PageClient) -> None:
    ts = (await workspace.say("a thread"))["ts"]
    refused = await workspace.refused("say", channel=DEPLOYS, text="/circle help", thread_ts=ts)
    assert refused == (400, "/circle is not supported in threads. Sorry!")


async def test_an_unknown_command_is_no_command(workspace: PageClient) -> None:
    refused = await workspace.refused("say", channel=DEPLOYS, text="/square help")
    assert refused == (400, "/square is not a valid command")


async def test_without_a_manifest_any_command_is_known(workspace: PageClient, the_app: SocketModeApp) -> None:
    workspace.set_up(None)
    await workspace.say("/square help")
    assert (await workspace.until(lambda: the_app.payloads("command")))[0]["command"] == "/square"


async def test_nothing_is_said_in_an_archived_channel(workspace: PageClient) -> None:
    assert await workspace.refused("say", channel=ARCHIVED, text="/circle help") == (400, "this channel is archived")


async def test_names_are_escaped_only_where_the_manifest_asks_for_it(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    await workspace.say("/circle tell @grace & <all> in #web https://example.com")
    await workspace.say("/escaped tell @grace & <all> in #web https://example.com")
    first, second = await workspace.until(lambda: (len(the_app.heard) == 2 and the_app.payloads("command")) or None)
    texts = {each["command"]: each["text"] for each in (first, second)}
    assert texts["/circle"] == "tell @grace &amp; &lt;all&gt; in #web https://example.com"
    assert texts["/escaped"] == "tell <@U0GRACE|grace> &amp; &lt;all&gt; in <#C0WEB|web> <https://example.com>"


async def test_the_text_of_an_ack_is_shown_to_the_one_who_asked(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["command"] = {"text": "Only for you"}
    await workspace.say("/circle help")
    await workspace.until(lambda: workspace.sandbox.slack.messages.ephemerals)
    assert [each["text"] for each in await workspace.messages()] == ["Only for you"]
    assert await workspace.messages(as_=EVE) == []


async def test_an_ack_may_speak_to_the_channel(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["command"] = {"text": "For all", "response_type": "in_channel"}
    await workspace.say("/circle help", channel=GENERAL)
    await workspace.until(lambda: workspace.sandbox.slack.messages.list_in_channel(GENERAL))
    assert [each["text"] for each in await workspace.messages(GENERAL, as_=EVE)] == ["For all"]


async def test_without_an_app_the_person_is_told(workspace: PageClient, page: PageEvents) -> None:
    await workspace.say("/circle help")
    failures = await workspace.until(page.failures)
    assert failures == ["/circle failed because the app did not respond (dispatch_failed)"]


async def test_an_ack_after_three_seconds_is_too_late(
    workspace: PageClient, the_app: SocketModeApp, page: PageEvents
) -> None:
    the_app.silent = True
    await workspace.say("/circle help")
    await workspace.until(lambda: the_app.heard)
    workspace.clock.advance(2.9)
    assert page.failures() == []
    workspace.clock.advance(0.1)
    failures = await workspace.until(page.failures)
    assert failures == ["/circle failed because the app did not respond (operation_timeout)"]


async def test_a_broken_answer_is_told_too(workspace: PageClient, the_app: SocketModeApp, page: PageEvents) -> None:
    the_app.answers["command"] = {"blocks": [{"type": "marquee"}]}
    await workspace.say("/circle help")
    failures = await workspace.until(page.failures)
    assert failures == ["/circle failed: its answer was refused (invalid_blocks)"]
