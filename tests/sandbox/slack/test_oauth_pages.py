from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack.workspace import DEPLOYS, GRACE, PageClient

REDIRECT = "http://localhost:4000/slack/oauth_redirect"
ASKED = {"client_id": "sandbox-client-id", "scope": "chat:write,users:read", "state": "s1", "redirect_uri": REDIRECT}
CLIENT = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}


async def allowed(workspace: PageClient, decision: str = "allow", **more: str) -> dict[str, str]:
    """What the redirect brings back to the app."""
    form = {**ASKED, "decision": decision, "as": GRACE, **more}
    answer = await workspace.http.post("/slack/oauth/v2/authorize", data=form)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (302, REDIRECT)
    return {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_the_authorize_page_shows_what_the_app_asks_for(workspace: PageClient) -> None:
    generator = AuthorizeUrlGenerator(
        client_id="sandbox-client-id",
        scopes=["chat:write", "users:read"],
        redirect_uri=REDIRECT,
        authorization_url=f"{workspace.url}/slack/oauth/v2/authorize",
    )
    page = await workspace.http.get(generator.generate("s1"))
    assert page.status_code == 200
    assert "<li>chat:write</li><li>users:read</li>" in page.text
    assert 'name="state" value="s1"' in page.text


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack_sdk still sends it so
async def test_allowing_brings_a_code_that_is_good_for_one_token(workspace: PageClient) -> None:
    back = await allowed(workspace)
    assert back["state"] == "s1"
    exchanged = await AsyncWebClient(base_url=f"{workspace.url}/slack/api/").oauth_v2_access(
        code=back["code"],
        redirect_uri=REDIRECT,
        **CLIENT,
    )
    assert (exchanged["scope"], exchanged["authed_user"]["id"]) == ("chat:write,users:read", GRACE)
    assert (exchanged["team"]["id"], exchanged["bot_user_id"]) == ("T0SANDBOX", "U0CIRCLEBOT")
    own = AsyncWebClient(token=exchanged["access_token"], base_url=f"{workspace.url}/slack/api/")
    answer = await own.auth_test()
    assert answer.headers["x-oauth-scopes"] == "chat:write,users:read"
    assert (await own.chat_postMessage(channel=DEPLOYS, text="installed"))["ok"]
    assert (await workspace.refusal(own.conversations_list()))["error"] == "missing_scope"
    again = own.oauth_v2_access(code=back["code"], redirect_uri=REDIRECT, **CLIENT)
    assert (await workspace.refusal(again))["error"] == "code_already_used"


async def test_declining_brings_access_denied(workspace: PageClient) -> None:
    assert await allowed(workspace, "cancel") == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"client_secret": "other"}, "bad_client_secret"),
        ({"code": "other"}, "invalid_code"),
        ({"redirect_uri": "http://localhost:4000/other"}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_named(workspace: PageClient, wrong: dict[str, str], error: str) -> None:
    code = (await allowed(workspace))["code"]
    args: dict[str, Any] = {**CLIENT, "code": code, "redirect_uri": REDIRECT, **wrong}
    answer = await workspace.http.post("/slack/api/oauth.v2.access", data=args)
    assert answer.json() == {"ok": False, "error": error}


async def test_a_code_lives_ten_minutes(workspace: PageClient) -> None:
    code = (await allowed(workspace))["code"]
    workspace.clock.advance(601)
    answer = await workspace.http.post("/slack/api/oauth.v2.access", data={**CLIENT, "code": code})
    assert answer.json()["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"client_id": "other"}, "Invalid client_id parameter"),
        ({"scope": "admin"}, "Invalid permissions requested: admin"),
        ({"scope": ""}, "Invalid permissions requested: no scopes"),
        ({"redirect_uri": "https://evil.example"}, "redirect_uri did not match any configured URIs"),
    ],
)
async def test_a_wrong_link_is_explained(workspace: PageClient, wrong: dict[str, str], sentence: str) -> None:
    for answer in (
        await workspace.http.get("/slack/oauth/v2/authorize", params=ASKED | wrong),
        await workspace.http.post("/slack/oauth/v2/authorize", data=ASKED | wrong | {"decision": "allow"}),
    ):
        assert answer.status_code == 400
        assert sentence in answer.text
