from __future__ import annotations

import json

import httpx
import pytest

from sandbox.slack.ids import SANDBOX
from tests.sandbox.slack.workspace import PageClient

BOT_TOKEN = SANDBOX.bot_token
AS_BOT = {"Authorization": f"Bearer {BOT_TOKEN}"}


async def test_the_sdk_is_who_it_says_it_is(workspace: PageClient) -> None:
    answer = await workspace.web.auth_test()
    assert answer.data == {
        "ok": True,
        "url": f"{workspace.url}/",
        "team": "Sandbox",
        "user": "circlebot",
        "team_id": "T0SANDBOX",
        "user_id": "U0CIRCLEBOT",
        "bot_id": "B0CIRCLEBOT",
        "is_enterprise_install": False,
    }


async def test_the_scopes_granted_come_in_a_header(workspace: PageClient) -> None:
    workspace.with_scopes("users:read", "chat:write")
    answer = await workspace.web.auth_test()
    assert answer.headers["x-oauth-scopes"] == "chat:write,users:read"


async def test_optional_scopes_of_the_manifest_are_granted_too(workspace: PageClient) -> None:
    answer = await workspace.web.auth_test()
    assert "channels:join" in answer.headers["x-oauth-scopes"].split(",")


async def test_without_a_manifest_every_scope_is_granted(workspace: PageClient) -> None:
    workspace.set_up(None)
    answer = await workspace.web.usergroups_list(include_users=True)
    assert answer["usergroups"][0]["users"] == ["U0ADA", "U0GRACE"]


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-somebody-else", "invalid_auth"),
        ("xapp-sandbox", "not_allowed_token_type"),
    ],
)
async def test_a_wrong_token_is_named_for_what_it_is(workspace: PageClient, token: str | None, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = await workspace.http.post("/slack/api/auth.test", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (200, error)


async def test_sockets_are_opened_with_the_app_token_alone(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.apps_connections_open(app_token=BOT_TOKEN))
    assert refused["error"] == "not_allowed_token_type"
    answer = await workspace.web.apps_connections_open(app_token="xapp-sandbox")
    assert answer["url"].startswith(workspace.url.replace("http", "ws"))


async def test_a_token_in_a_form_counts_and_in_a_json_body_does_not(workspace: PageClient) -> None:
    form = await workspace.http.post("/slack/api/auth.test", data={"token": BOT_TOKEN})
    assert form.json()["ok"] is True
    body = await workspace.http.post("/slack/api/auth.test", json={"token": BOT_TOKEN})
    assert body.json()["error"] == "not_authed"


async def test_an_unknown_method_is_unknown(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.api_call("chat.shout"))
    assert refused["error"] == "unknown_method"


async def test_a_missing_scope_names_what_is_needed_and_provided(workspace: PageClient) -> None:
    workspace.with_scopes("users:read")
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel="C0DEPLOYS", text="hi"))
    assert refused == {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"}


async def test_a_missing_argument_is_named(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.api_call("chat.postMessage", json={"text": "hi"}))
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_blocks_come_as_json_in_a_form_or_as_they_are_in_a_json_body(workspace: PageClient) -> None:
    blocks = [{"type": "divider", "block_id": "line"}]
    form = {"channel": "C0DEPLOYS", "text": "hi", "blocks": json.dumps(blocks)}
    answer = await workspace.http.post("/slack/api/chat.postMessage", data=form, headers=AS_BOT)
    assert answer.json()["message"]["blocks"] == blocks
    body = {"channel": "C0DEPLOYS", "text": "hi", "blocks": blocks}
    answer = await workspace.http.post("/slack/api/chat.postMessage", json=body, headers=AS_BOT)
    assert answer.json()["message"]["blocks"] == blocks


async def test_multipart_forms_are_read(workspace: PageClient) -> None:
    fields = {"channel": (None, "C0DEPLOYS"), "text": (None, "in parts")}
    answer = await workspace.http.post("/slack/api/chat.postMessage", files=fields, headers=AS_BOT)
    assert answer.json()["message"]["text"] == "in parts"


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("text/csv", "a,b", "invalid_post_type"),
        ("", "a=b", "missing_post_type"),
    ],
)
async def test_bodies_that_slack_cannot_read_are_refused(
    workspace: PageClient, content_type: str, body: str, error: str
) -> None:
    headers = AS_BOT | ({"Content-Type": content_type} if content_type else {})
    request = httpx.Request("POST", f"{workspace.url}/slack/api/auth.test", content=body, headers=headers)
    assert (await workspace.http.send(request)).json()["error"] == error


async def test_a_revoked_token_stays_revoked(workspace: PageClient) -> None:
    assert (await workspace.web.auth_revoke(test=True))["revoked"] is False
    assert (await workspace.web.auth_revoke())["revoked"] is True
    assert (await workspace.refusal(workspace.web.auth_test()))["error"] == "token_revoked"


async def test_every_call_is_recorded_without_its_token(workspace: PageClient) -> None:
    await workspace.http.get("/slack/api/users.info", params={"token": BOT_TOKEN, "user": "U0ADA"})
    await workspace.refusal(workspace.web.users_info(user="U0NOBODY"))
    good, bad = (await workspace.state())["calls"]
    assert (good["method"], good["args"], good["ok"]) == ("users.info", {"user": "U0ADA"}, True)
    assert (bad["args"], bad["ok"], bad["error"]) == ({"user": "U0NOBODY"}, False, "user_not_found")
    assert BOT_TOKEN not in json.dumps(await workspace.state())


async def test_a_rate_limit_fault_is_answered_as_slack_does(workspace: PageClient) -> None:
    fault = {"target": "slack", "match": "chat.postMessage", "status": 429, "retry_after": 3}
    await workspace.http.post("/_control/faults", json=fault)
    body = {"channel": "C0DEPLOYS", "text": "hi"}
    limited = await workspace.http.post("/slack/api/chat.postMessage", json=body, headers=AS_BOT)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
    assert limited.json() == {"ok": False, "error": "ratelimited"}
    assert await workspace.messages() == []
    assert (await workspace.state())["calls"][0]["error"] == "ratelimited"
    again = await workspace.http.post("/slack/api/chat.postMessage", json=body, headers=AS_BOT)
    assert again.json()["ok"] is True


async def test_a_dropped_call_was_performed_all_the_same(workspace: PageClient) -> None:
    fault = {"target": "slack", "match": "chat.postMessage", "accept_then_drop": True}
    await workspace.http.post("/_control/faults", json=fault)
    with pytest.raises(httpx.RemoteProtocolError):
        await workspace.http.post(
            "/slack/api/chat.postMessage",
            json={"channel": "C0DEPLOYS", "text": "into the void"},
            headers=AS_BOT,
        )
    assert [message["text"] for message in await workspace.messages()] == ["into the void"]
    assert [call["ok"] for call in (await workspace.state())["calls"]] == [True]


async def test_a_fault_may_answer_something_that_is_no_json(workspace: PageClient) -> None:
    fault = {"target": "slack", "match": "auth.test", "status": 503, "body": "<html>away</html>"}
    await workspace.http.post("/_control/faults", json=fault)
    answer = await workspace.http.post("/slack/api/auth.test", headers=AS_BOT)
    assert (answer.status_code, answer.text) == (503, "<html>away</html>")
    assert (await workspace.state())["calls"][0]["error"] == "http_503"


async def test_a_call_that_tests_comes_back_as_it_went_without_a_token(workspace: PageClient) -> None:
    async def tried(**sent: str) -> object:
        return (await workspace.http.post("/slack/api/api.test", data=sent)).json()

    assert await tried() == {"ok": True}
    assert await tried(foo="bar", token="xoxb-none") == {"ok": True, "args": {"foo": "bar"}}
    assert await tried(error="my_error") == {"ok": False, "error": "my_error", "args": {"error": "my_error"}}
