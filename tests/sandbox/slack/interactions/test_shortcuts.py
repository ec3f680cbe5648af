from __future__ import annotations

from tests.sandbox.slack.workspace import ADA, DEPLOYS, PageClient, SocketModeApp


async def test_a_global_shortcut_says_who_and_nothing_of_a_channel(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    await workspace.do("shortcut", callback_id="start")
    [payload] = await workspace.until(lambda: the_app.payloads("shortcut"))
    assert (payload["callback_id"], payload["user"]["id"]) == ("start", ADA)
    assert payload["trigger_id"]
    assert "channel" not in payload
    assert "response_url" not in payload


async def test_a_message_shortcut_carries_the_message(workspace: PageClient, the_app: SocketModeApp) -> None:
    parent = (await workspace.say("it is red"))["ts"]
    ts = (await workspace.say("since today", thread_ts=parent))["ts"]
    await workspace.do("shortcut", callback_id="ask", channel=DEPLOYS, ts=ts)
    [payload] = await workspace.until(lambda: the_app.payloads("message_action"))
    assert (payload["channel"]["id"], payload["message_ts"]) == (DEPLOYS, ts)
    message = payload["message"]
    assert (message["text"], message["thread_ts"], message["user"]) == ("since today", parent, ADA)
    assert (await workspace.http.post(payload["response_url"], json={"text": "Let me see"})).text == "ok"


async def test_an_unknown_shortcut_is_not_there(workspace: PageClient) -> None:
    assert await workspace.refused("shortcut", callback_id="dance") == (404, "no shortcut dance")


async def test_a_shortcut_needs_its_message(workspace: PageClient) -> None:
    refused = await workspace.refused("shortcut", callback_id="ask", channel=DEPLOYS, ts="1.000001")
    assert refused == (409, "message_changed")
