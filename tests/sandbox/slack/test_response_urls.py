from __future__ import annotations

from typing import Any

import httpx
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack.workspace import ADA, DEPLOYS, EVE, GENERAL, PageClient, SocketModeApp

Json = dict[str, Any]
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
BLOCKS = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


async def of_command(workspace: PageClient, channel: str = DEPLOYS) -> str:
    return workspace.sandbox.slack.response_urls.issue(ADA, channel)


async def of_press(workspace: PageClient, the_app: SocketModeApp, where: Json) -> str:
    await workspace.do("press", channel=DEPLOYS, block_id="row", action_id="go", **where)
    payload = (await workspace.until(lambda: the_app.payloads("block_actions")))[-1]
    return str(payload["response_url"])


async def respond(workspace: PageClient, url: str, **body: Any) -> httpx.Response:
    return await workspace.http.post(url, json=body)


async def texts(workspace: PageClient, as_: str = ADA, channel: str = DEPLOYS) -> list[str]:
    return [each["text"] for each in await workspace.messages(channel, as_)]


async def test_the_sdk_answers_to_one_person_by_default(workspace: PageClient) -> None:
    answer = await AsyncWebhookClient(await of_command(workspace)).send(text="psst")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert (await texts(workspace), await texts(workspace, EVE)) == (["psst"], [])


async def test_an_answer_may_be_for_the_channel_also_without_the_bot_in_it(workspace: PageClient) -> None:
    await respond(workspace, await of_command(workspace, GENERAL), text="hello", response_type="in_channel")
    assert await texts(workspace, EVE, GENERAL) == ["hello"]


async def test_an_answer_may_go_into_a_thread(workspace: PageClient) -> None:
    ts = (await workspace.say("a thread"))["ts"]
    url = await of_command(workspace)
    await respond(workspace, url, text="inside", response_type="in_channel", thread_ts=ts)
    assert (await workspace.messages())[1]["thread_ts"] == ts


async def test_a_url_works_five_times(workspace: PageClient) -> None:
    url = await of_command(workspace)
    for number in range(5):
        assert (await respond(workspace, url, text=str(number))).text == "ok"
    sixth = await respond(workspace, url, text="too much")
    assert (sixth.status_code, sixth.text) == (404, "used_url")
    assert await texts(workspace) == ["0", "1", "2", "3", "4"]


async def test_a_url_works_for_thirty_minutes(workspace: PageClient) -> None:
    url = await of_command(workspace)
    workspace.clock.advance(30 * 60)
    assert (await respond(workspace, url, text="just in time")).text == "ok"
    workspace.clock.advance(1)
    late = await respond(workspace, url, text="late")
    assert (late.status_code, late.text) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
    ],
)
async def test_a_wrong_answer_is_refused_and_costs_no_use(workspace: PageClient, body: Json, error: str) -> None:
    url = await of_command(workspace)
    for _ in range(6):
        answer = await respond(workspace, url, **body)
        assert (answer.status_code, answer.text) == (400, error)
    assert (await respond(workspace, url, text="fine")).text == "ok"


async def test_what_is_no_json_is_refused(workspace: PageClient) -> None:
    answer = await workspace.http.post(await of_command(workspace), content=b"{")
    assert (answer.status_code, answer.text) == (400, "invalid_payload")


async def test_a_made_up_url_is_nowhere(workspace: PageClient) -> None:
    answer = await respond(workspace, f"{workspace.url}/slack/response/nothing", text="?")
    assert (answer.status_code, answer.text) == (404, "no_such_url")


async def test_an_ephemeral_message_is_replaced_and_deleted_through_its_url(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    first = await workspace.web.chat_postEphemeral(channel=DEPLOYS, user=ADA, text="Sure?", blocks=BLOCKS)
    url = await of_press(workspace, the_app, {"ephemeral_id": first["message_ts"]})
    await respond(workspace, url, text="Done", replace_original=True)
    [seen] = await workspace.messages()
    assert (seen["text"], seen["ephemeral_id"]) == ("Done", first["message_ts"])
    await respond(workspace, url, delete_original=True)
    assert await texts(workspace) == []


async def test_a_message_is_replaced_through_the_url_of_a_click(workspace: PageClient, the_app: SocketModeApp) -> None:
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="Sure?", blocks=BLOCKS))["ts"]
    url = await of_press(workspace, the_app, {"ts": ts})
    await respond(workspace, url, text="Done by Ada", replace_original="true")
    assert await texts(workspace, EVE) == ["Done by Ada"]
    await respond(workspace, url, text="and this is new")
    assert await texts(workspace) == ["Done by Ada", "and this is new"]


async def test_answers_are_recorded_and_faults_strike_them_too(workspace: PageClient) -> None:
    fault = {"target": "slack", "match": "response_url", "status": 500, "body": "no"}
    await workspace.http.post("/_control/faults", json=fault)
    url = await of_command(workspace)
    assert (await respond(workspace, url, text="first")).status_code == 500
    assert (await respond(workspace, url, text="second")).text == "ok"
    calls = [(each["method"], each["args"]["text"], each["ok"]) for each in (await workspace.state())["calls"]]
    assert calls == [("response_url", "first", False), ("response_url", "second", True)]
