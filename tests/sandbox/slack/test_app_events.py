from __future__ import annotations

import pytest

from tests.sandbox.slack.workspace import (
    ADA,
    DEPLOYS,
    EVE,
    GENERAL,
    GRACE,
    MANIFEST,
    PRIVATE,
    PageClient,
    SocketModeApp,
)


async def settled(workspace: PageClient, the_app: SocketModeApp) -> list[str]:
    """The types of all events so far; a last one that is always heard comes after them."""
    await workspace.do("home", EVE, tab="messages")
    await workspace.until(lambda: the_app.payloads("app_home_opened"))
    return [request.payload["event"]["type"] for request in the_app.heard if request.type == "events_api"][:-1]


async def test_opening_the_home_tab_is_an_event_with_the_view_if_there_is_one(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    await workspace.do("home", tab="home")
    [first] = await workspace.until(lambda: the_app.payloads("app_home_opened"))
    event = first["event"]
    assert (event["user"], event["channel"], event["tab"], "view" in event) == (ADA, "D0ADA", "home", False)
    view = {"type": "home", "blocks": []}
    published = (await workspace.web.views_publish(user_id=ADA, view=view))["view"]
    await workspace.do("home", tab="home")
    await workspace.until(lambda: len(the_app.heard) == 2)
    assert the_app.heard[1].payload["event"]["view"]["id"] == published["id"]


async def test_a_direct_message_is_an_event(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = (await workspace.say("help me", channel="D0ADA"))["ts"]
    [payload] = await workspace.until(lambda: the_app.payloads("message"))
    event = payload["event"]
    assert (event["channel_type"], event["channel"], event["text"], event["ts"]) == ("im", "D0ADA", "help me", ts)


async def test_the_bots_own_direct_messages_come_back_as_events_as_they_do_in_slack(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    await workspace.web.chat_postMessage(channel=ADA, text="hello")
    [payload] = await workspace.until(lambda: the_app.payloads("message"))
    assert (payload["event"]["bot_id"], payload["event"]["user"]) == ("B0CIRCLEBOT", "U0CIRCLEBOT")


async def test_a_mention_in_a_thread_says_which(workspace: PageClient, the_app: SocketModeApp) -> None:
    parent = (await workspace.say("it is red"))["ts"]
    await workspace.say("@circlebot why?", thread_ts=parent)
    [payload] = await workspace.until(lambda: the_app.payloads("app_mention"))
    assert (payload["event"]["text"], payload["event"]["thread_ts"]) == ("<@U0CIRCLEBOT> why?", parent)


async def test_channel_messages_without_a_mention_are_no_event(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.say("just talking")
    await workspace.say("@circlebot where you are not", channel=GENERAL)
    assert await settled(workspace, the_app) == []


async def test_an_event_that_was_not_subscribed_to_is_not_sent(workspace: PageClient, the_app: SocketModeApp) -> None:
    settings = {**MANIFEST["settings"], "event_subscriptions": {"bot_events": ["app_home_opened"]}}
    workspace.set_up({**MANIFEST, "settings": settings})
    await workspace.say("@circlebot hello")
    assert await settled(workspace, the_app) == []


async def test_an_event_needs_the_scope_of_what_it_tells(workspace: PageClient, the_app: SocketModeApp) -> None:
    workspace.with_scopes("chat:write", "im:history")
    await workspace.say("@circlebot hello")
    await workspace.say("hello", channel="D0ADA")
    assert await settled(workspace, the_app) == ["message"]


async def test_bringing_the_bot_in_is_an_event(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.do("channel", GRACE, do="invite_bot", channel=PRIVATE)
    [payload] = await workspace.until(lambda: the_app.payloads("member_joined_channel"))
    event = payload["event"]
    assert (event["user"], event["inviter"], event["channel_type"]) == ("U0CIRCLEBOT", GRACE, "G")


async def test_archiving_and_renaming_are_events(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.do("channel", do="rename", channel=DEPLOYS, name="releases")
    [renamed] = await workspace.until(lambda: the_app.payloads("channel_rename"))
    assert (renamed["event"]["channel"]["id"], renamed["event"]["channel"]["name"]) == (DEPLOYS, "releases")
    await workspace.do("channel", do="archive", channel=DEPLOYS)
    [archived] = await workspace.until(lambda: the_app.payloads("channel_archive"))
    assert (archived["event"]["channel"], archived["event"]["user"]) == (DEPLOYS, ADA)


@pytest.mark.parametrize("do", ["rename", "archive"])
async def test_a_private_channel_without_the_bot_stays_private(
    workspace: PageClient, the_app: SocketModeApp, do: str
) -> None:
    await workspace.do("channel", do=do, channel=PRIVATE, name="on-call")
    assert await settled(workspace, the_app) == []


async def test_uninstalling_revokes_the_tokens_and_is_two_events(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.http.post("/_control/slack/uninstall")
    await workspace.until(lambda: the_app.payloads("app_uninstalled"))
    [revoked] = the_app.payloads("tokens_revoked")
    assert revoked["event"]["tokens"] == {"oauth": [], "bot": ["U0CIRCLEBOT"]}
    assert (await workspace.refusal(workspace.web.auth_test()))["error"] == "account_inactive"
