from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.slack.workspace import ADA, DEPLOYS, GENERAL, PageClient


async def test_the_bot_is_brought_in_and_sent_away(workspace: PageClient) -> None:
    brought = await workspace.do("channel", do="invite_bot", channel=GENERAL)
    assert brought["channel"]["bot_is_member"] is True
    sent = await workspace.do("channel", do="kick_bot", channel=GENERAL)
    assert sent["channel"]["bot_is_member"] is False


async def test_an_archived_channel_takes_no_posts(workspace: PageClient) -> None:
    assert (await workspace.do("channel", do="archive", channel=DEPLOYS))["channel"]["is_archived"] is True
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi"))
    assert refused["error"] == "is_archived"
    assert (await workspace.do("channel", do="unarchive", channel=DEPLOYS))["channel"]["is_archived"] is False
    assert (await workspace.web.chat_postMessage(channel=DEPLOYS, text="hi"))["ok"] is True


async def test_a_channel_gets_another_name(workspace: PageClient) -> None:
    await workspace.do("channel", do="rename", channel=DEPLOYS, name="#Releases")
    assert (await workspace.web.conversations_info(channel=DEPLOYS))["channel"]["name"] == "releases"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"do": "create", "name": "web"}, "the name is taken"),
        ({"do": "create"}, "a channel needs a name"),
        ({"do": "paint", "channel": DEPLOYS}, "do is one of create, archive, unarchive, rename, invite_bot, kick_bot"),
        ({"do": "archive", "channel": "D0ADA"}, "this is a direct message"),
    ],
)
async def test_what_cannot_be_done_to_a_channel_is_said(
    workspace: PageClient, body: dict[str, Any], error: str
) -> None:
    assert await workspace.refused("channel", **body) == (400, error)


async def test_the_tabs_are_home_and_messages(workspace: PageClient) -> None:
    assert await workspace.refused("home", tab="about") == (400, "the tabs are home and messages")
    assert await workspace.do("home", tab="home") == {"view": None}
    await workspace.web.views_publish(user_id=ADA, view={"type": "home", "blocks": []})
    assert (await workspace.do("home", tab="home"))["view"]["type"] == "home"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"{", "the body is not JSON"),
        (b"[]", "the body is not an object"),
    ],
)
async def test_what_is_no_request_is_refused(workspace: PageClient, content: bytes, error: str) -> None:
    answer = await workspace.http.post("/_page/say", content=content)
    assert (answer.status_code, answer.json()) == (400, {"error": error})
