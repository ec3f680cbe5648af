from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.slack.workspace import DEPLOYS, EVE, GENERAL, PageClient, SocketModeApp

URL = "https://app.circleci.com/pipelines/gh/acme/web/1"
CARD = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*web* passed"}}]}


async def test_a_link_that_somebody_posts_is_an_event_and_gets_its_card(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    ts = (await workspace.say(f"look: {URL}"))["ts"]
    [payload] = await workspace.until(lambda: the_app.payloads("link_shared"))
    event = payload["event"]
    assert event["links"] == [{"url": URL, "domain": "app.circleci.com"}]
    assert (event["message_ts"], event["source"], event["is_bot_user_member"]) == (ts, "conversations_history", True)
    await workspace.web.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls={URL: CARD})
    [seen] = await workspace.messages()
    assert seen["attachments"][0]["from_url"] == URL
    assert seen["attachments"][0]["blocks"][0]["text"]["text"] == "*web* passed"
    assert "edited" not in seen


async def test_other_domains_and_own_messages_are_no_event(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.say("look: https://example.com/pipelines")
    await workspace.web.chat_postMessage(channel=DEPLOYS, text=f"<{URL}>")
    await workspace.say(f"in a channel without the bot: {URL}", channel=GENERAL)
    await workspace.until(lambda: the_app.payloads("link_shared"))
    [payload] = the_app.payloads("link_shared")
    assert (payload["event"]["channel"], payload["event"]["is_bot_user_member"]) == (GENERAL, False)


async def test_a_button_under_a_link_says_which_link(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = (await workspace.say(f"look: {URL}"))["ts"]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Rerun"}, "action_id": "rerun", "value": "1"}
    card = {"blocks": [{"type": "actions", "block_id": "row", "elements": [button]}]}
    await workspace.web.chat_unfurl(channel=DEPLOYS, ts=ts, unfurls={URL: card})
    await workspace.do("press", channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    [payload] = await workspace.until(lambda: the_app.payloads("block_actions"))
    assert payload["container"] == {
        "type": "message_attachment",
        "attachment_id": 1,
        "message_ts": ts,
        "channel_id": DEPLOYS,
        "is_ephemeral": False,
        "is_app_unfurl": True,
        "app_unfurl_url": URL,
    }


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"unfurls": {"https://example.com": CARD}}, "cannot_unfurl_url"),
        ({"unfurls": {URL: {"blocks": [{"type": "marquee"}]}}}, "cannot_parse_attachment"),
        ({"unfurls": {}}, "missing_unfurls"),
        ({"unfurls": {URL: CARD}, "ts": "1.000001"}, "cannot_find_message"),
    ],
)
async def test_a_wrong_unfurl_is_named(workspace: PageClient, asked: dict[str, Any], error: str) -> None:
    ts = (await workspace.say(f"look: {URL}"))["ts"]
    refused = await workspace.refusal(workspace.web.chat_unfurl(**{"channel": DEPLOYS, "ts": ts, **asked}))
    assert refused["error"] == error


async def test_a_stranger_is_asked_to_sign_in_alone(workspace: PageClient) -> None:
    ts = (await workspace.say(f"look: {URL}"))["ts"]
    await workspace.web.chat_unfurl(
        channel=DEPLOYS,
        ts=ts,
        unfurls={},
        user_auth_required=True,
        user_auth_message="Connect first",
    )
    assert [each["text"] for each in await workspace.messages()][1:] == ["Connect first"]
    assert len(await workspace.messages(as_=EVE)) == 1
