from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.slack.workspace import ADA, DEPLOYS, EVE, GENERAL, GRACE, MANIFEST, PageClient, SocketModeApp

Json = dict[str, Any]
OPTIONS = [{"text": {"type": "plain_text", "text": word.title()}, "value": word} for word in ("main", "release")]
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Rerun"}, "action_id": "rerun", "value": "42"}
SELECT = {"type": "static_select", "action_id": "branch", "options": OPTIONS}
DATE = {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"}
MENU = {"type": "overflow", "action_id": "more", "options": OPTIONS}
FIELD = {
    "type": "input",
    "block_id": "why",
    "label": {"type": "plain_text", "text": "Why"},
    "element": {"type": "plain_text_input", "action_id": "reason"},
}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [BUTTON, SELECT, DATE, MENU]}]


async def posted(workspace: PageClient, channel: str = DEPLOYS, blocks: list[Json] | None = None) -> str:
    answer = await workspace.web.chat_postMessage(channel=channel, text="card", blocks=blocks or BLOCKS)
    return str(answer["ts"])


async def pressed(workspace: PageClient, the_app: SocketModeApp) -> Json:
    payload: Json = (await workspace.until(lambda: the_app.payloads("block_actions")))[-1]
    return payload


async def test_a_press_carries_what_slack_sends(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace)
    await workspace.do("press", GRACE, channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    payload = await pressed(workspace, the_app)
    assert payload["user"] == {"id": GRACE, "username": "grace", "name": "grace", "team_id": "T0SANDBOX"}
    assert payload["team"] == {"id": "T0SANDBOX", "domain": "sandbox"}
    assert (payload["api_app_id"], payload["token"]) == ("A0CIRCLEBOT", "sandbox-verification-token")
    assert (payload["enterprise"], payload["is_enterprise_install"]) == (None, False)
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": DEPLOYS,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": DEPLOYS, "name": "deploys"}
    assert (payload["message"]["ts"], payload["message"]["blocks"][0]["block_id"]) == (ts, "row")
    [action] = payload["actions"]
    assert action == {
        "type": "button",
        "action_id": "rerun",
        "block_id": "row",
        "text": BUTTON["text"],
        "value": "42",
        "action_ts": action["action_ts"],
    }
    assert payload["state"]["values"]["row"]["day"] == {"type": "datepicker", "selected_date": "2026-11-23"}
    assert payload["response_url"].startswith(f"{workspace.url}/slack/response/")


async def test_its_trigger_opens_a_modal_for_whoever_pressed(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace)
    await workspace.do("press", GRACE, channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    trigger_id = (await pressed(workspace, the_app))["trigger_id"]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Sure?"}, "blocks": []}
    await workspace.web.views_open(trigger_id=trigger_id, view=view)
    assert workspace.sandbox.slack.views.find_top(GRACE)


async def test_a_choice_is_one_of_the_options_and_is_remembered(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace)
    where = {"channel": DEPLOYS, "ts": ts, "block_id": "row", "action_id": "branch"}
    await workspace.do("press", **where, selected_option={"value": "release"})
    payload = await pressed(workspace, the_app)
    assert payload["actions"][0]["selected_option"] == OPTIONS[1]
    assert payload["state"]["values"]["row"]["branch"]["selected_option"] == OPTIONS[1]
    refused = await workspace.refused("press", **where, selected_option={"value": "other"})
    assert refused == (400, "that is not one of the options")


async def test_an_overflow_menu_keeps_no_state(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace)
    where = {"channel": DEPLOYS, "ts": ts, "block_id": "row", "action_id": "more"}
    await workspace.do("press", **where, selected_option=OPTIONS[0])
    payload = await pressed(workspace, the_app)
    assert payload["actions"][0]["selected_option"]["value"] == "main"
    assert "more" not in payload["state"]["values"]["row"]


@pytest.mark.parametrize("gone", [{"action_id": "approve"}, {"block_id": "other"}, {"ts": "1.000001"}])
async def test_a_button_that_is_gone_cannot_be_pressed(workspace: PageClient, gone: Json) -> None:
    where = {"channel": DEPLOYS, "ts": await posted(workspace), "block_id": "row", "action_id": "rerun", **gone}
    assert await workspace.refused("press", **where) == (409, "message_changed")


async def test_a_button_that_an_update_took_away_cannot_be_pressed(workspace: PageClient) -> None:
    ts = await posted(workspace)
    await workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="done", blocks=[])
    refused = await workspace.refused("press", channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    assert refused == (409, "message_changed")


async def test_only_who_sees_a_message_can_press_its_buttons(workspace: PageClient) -> None:
    ts = await posted(workspace)
    refused = await workspace.refused("press", "U0GUS", channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    assert refused == (409, "message_changed")


async def test_a_press_on_an_ephemeral_message_does_not_repeat_it(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    answer = await workspace.web.chat_postEphemeral(channel=DEPLOYS, user=ADA, text="psst", blocks=BLOCKS)
    where = {"channel": DEPLOYS, "ephemeral_id": answer["message_ts"], "block_id": "row", "action_id": "rerun"}
    assert await workspace.refused("press", EVE, **where) == (409, "message_changed")
    await workspace.do("press", **where)
    payload = await pressed(workspace, the_app)
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert payload["response_url"]


async def test_a_press_works_where_the_bot_is_no_member(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace, GENERAL)
    await workspace.do("press", channel=GENERAL, ts=ts, block_id="row", action_id="rerun")
    assert (await pressed(workspace, the_app))["channel"]["id"] == GENERAL


async def test_a_press_in_a_modal_carries_the_view_and_no_response_url(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    submit = {"type": "plain_text", "text": "Go"}
    modal = {"type": "modal", "title": submit, "submit": submit, "blocks": [*BLOCKS, FIELD], "private_metadata": "{}"}
    view = await workspace.opened(modal)
    where = {"view_id": view["id"], "block_id": "row", "action_id": "rerun"}
    await workspace.do("press", **where, state={"why": {"reason": {"value": "because"}}})
    payload = await pressed(workspace, the_app)
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["private_metadata"] == "{}"
    assert payload["view"]["state"]["values"]["why"]["reason"]["value"] == "because"
    assert "response_url" not in payload
    assert "channel" not in payload


async def test_an_input_tells_the_app_only_when_it_asked_for_it(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = await posted(workspace, blocks=[FIELD, {**FIELD, "block_id": "loud", "dispatch_action": True}])
    await workspace.do("press", channel=DEPLOYS, ts=ts, block_id="why", action_id="reason", value="quietly")
    await workspace.do("press", channel=DEPLOYS, ts=ts, block_id="loud", action_id="reason", value="aloud")
    payload = await pressed(workspace, the_app)
    assert [each.payload["actions"][0]["block_id"] for each in the_app.heard] == ["loud"]
    assert payload["state"]["values"]["why"]["reason"]["value"] == "quietly"


async def test_elements_without_ids_get_some(workspace: PageClient, the_app: SocketModeApp) -> None:
    bare = {key: value for key, value in BUTTON.items() if key != "action_id"}
    ts = await posted(workspace, blocks=[{"type": "actions", "elements": [bare]}])
    [seen] = await workspace.messages()
    block = seen["blocks"][0]
    where = {"block_id": block["block_id"], "action_id": block["elements"][0]["action_id"]}
    await workspace.do("press", channel=DEPLOYS, ts=ts, **where)
    assert (await pressed(workspace, the_app))["actions"][0]["value"] == "42"


async def test_an_app_without_interactivity_gets_no_press(workspace: PageClient) -> None:
    workspace.set_up({**MANIFEST, "settings": {"interactivity": {"is_enabled": False}}})
    ts = await posted(workspace)
    status, error = await workspace.refused("press", channel=DEPLOYS, ts=ts, block_id="row", action_id="rerun")
    assert (status, error) == (400, "This app is not configured to handle interactive responses.")
