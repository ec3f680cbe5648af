"""apps.manifest.* and tooling.tokens.rotate, by Slack's own client."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.manifest_schema import list_problems
from tests.contracts.slack import MANIFEST as CONTRACT
from tests.plugins.each_case import each_case
from tests.sandbox.slack.workspace import MANIFEST, PageClient

LUNCH: dict[str, Any] = {
    "display_information": {"name": "lunch"},
    "features": {"slash_commands": [{"command": "/lunch", "description": "What is for lunch"}]},
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["app_mention"]}},
}


@pytest.fixture
def configuring(workspace: PageClient) -> AsyncWebClient:
    """A person's configuration token."""
    return AsyncWebClient(token="xoxe.xoxp-sandbox", base_url=f"{workspace.url}/slack/api/")


async def test_an_app_is_made_read_back_changed_and_installed(
    workspace: PageClient, configuring: AsyncWebClient
) -> None:
    made = await configuring.apps_manifest_create(manifest=LUNCH)
    app_id = made["app_id"]
    assert set(made["credentials"]) == {"client_id", "client_secret", "verification_token", "signing_secret"}
    asked = f"client_id={made['credentials']['client_id']}&scope=commands%2Cchat%3Awrite"
    assert made["oauth_authorize_url"] == f"{workspace.url}/slack/oauth/v2/authorize?{asked}"
    assert (await configuring.apps_manifest_export(app_id=app_id))["manifest"] == LUNCH
    more = LUNCH | {"oauth_config": {"scopes": {"bot": ["commands", "chat:write", "pins:read"]}}}
    assert (await configuring.apps_manifest_update(app_id=app_id, manifest=more))["permissions_updated"] is True
    assert (await configuring.apps_manifest_update(app_id=app_id, manifest=more))["permissions_updated"] is False
    tokens = (await workspace.http.post("/_control/slack/install", json={"app_id": app_id})).json()
    web = AsyncWebClient(token=tokens["bot_token"], base_url=f"{workspace.url}/slack/api/")
    assert (await web.auth_test())["user"] == "lunch"
    assert (await web.pins_list(channel="C0DEPLOYS"))["items"] == []
    assert (await web.apps_connections_open(app_token=tokens["app_token"]))["url"].startswith("ws")
    assert tokens["app_token"].startswith(f"xapp-1-{app_id}-")


async def test_new_scopes_count_once_the_app_is_installed_again(
    workspace: PageClient, configuring: AsyncWebClient
) -> None:
    fewer = LUNCH | {"oauth_config": {"scopes": {"bot": ["commands", "emoji:read"]}}}
    assert (await configuring.apps_manifest_update(app_id="A0CIRCLEBOT", manifest=fewer))["permissions_updated"]
    assert (await workspace.refusal(workspace.web.emoji_list()))["error"] == "missing_scope"
    tokens = (await workspace.http.post("/_control/slack/install", json={"app_id": "A0CIRCLEBOT"})).json()
    web = AsyncWebClient(token=tokens["bot_token"], base_url=f"{workspace.url}/slack/api/")
    assert (await web.emoji_list())["ok"]


async def test_a_manifest_is_refused_with_each_problem_and_its_place(
    workspace: PageClient, configuring: AsyncWebClient
) -> None:
    unreachable = LUNCH | {"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}
    for call in (
        configuring.apps_manifest_validate(manifest=unreachable),
        configuring.apps_manifest_create(manifest=unreachable),
        configuring.apps_manifest_update(app_id="A0CIRCLEBOT", manifest=unreachable),
    ):
        refused = await workspace.refusal(call)
        assert refused["error"] == "invalid_manifest"
        assert refused["errors"] == [
            {
                "message": "Event Subscription requires either Request URL or Socket Mode Enabled",
                "pointer": "/settings/event_subscriptions",
            }
        ]
    assert (await workspace.refusal(configuring.apps_manifest_create(manifest="{")))["error"] == "invalid_manifest"
    assert (await configuring.apps_manifest_validate(manifest=LUNCH))["errors"] == []


async def test_only_a_configuration_token_makes_apps_and_only_for_twelve_hours(
    workspace: PageClient, configuring: AsyncWebClient
) -> None:
    refused = await workspace.refusal(workspace.web.apps_manifest_create(manifest=LUNCH))
    assert refused["error"] == "not_allowed_token_type"
    assert (await workspace.refusal(configuring.auth_test()))["error"] == "not_allowed_token_type"
    elsewhere = configuring.api_call("apps.manifest.create", params={"manifest": "{}", "team_id": "T9"})
    assert (await workspace.refusal(elsewhere))["error"] == "invalid_team_id"
    workspace.clock.advance(12 * 3600)
    assert (await workspace.refusal(configuring.apps_manifest_create(manifest=LUNCH)))["error"] == "token_expired"


async def test_a_refresh_token_gives_a_new_token_once(workspace: PageClient, configuring: AsyncWebClient) -> None:
    workspace.clock.advance(12 * 3600)
    given = await configuring.tooling_tokens_rotate(refresh_token="xoxe-1-sandbox")
    assert (given["team_id"], given["exp"] - given["iat"]) == ("T0SANDBOX", 12 * 3600)
    fresh = AsyncWebClient(token=given["token"], base_url=configuring.base_url)
    assert (await fresh.apps_manifest_create(manifest=LUNCH))["ok"]
    again = await workspace.refusal(configuring.tooling_tokens_rotate(refresh_token="xoxe-1-sandbox"))
    assert again["error"] == "invalid_refresh_token"
    assert (await configuring.tooling_tokens_rotate(refresh_token=given["refresh_token"]))["ok"]


async def test_an_app_that_is_not_there_is_told_by_each_method(
    workspace: PageClient, configuring: AsyncWebClient
) -> None:
    exported = await workspace.refusal(configuring.apps_manifest_export(app_id="A9"))
    updated = await workspace.refusal(configuring.apps_manifest_update(app_id="A9", manifest=LUNCH))
    validated = await workspace.refusal(configuring.apps_manifest_validate(app_id="A9", manifest=LUNCH))
    assert [one["error"] for one in (exported, updated, validated)] == [
        "app_not_found",
        "invalid_app_id",
        "invalid_app_id",
    ]
    answer = await workspace.http.post("/_control/slack/install", json={"app_id": "A9"})
    assert (answer.status_code, answer.json()) == (400, {"error": "there is no app A9"})


SHORTCUTS = [{"type": "global", "name": "a", "callback_id": str(n), "description": "."} for n in range(11)]
WRONG: dict[str, Any] = {
    "no name": {"display_information": {}},
    "long name": {"display_information": {"name": "n" * 36}},
    "short story": {"display_information": {"name": "a", "long_description": "short"}},
    "no description": LUNCH | {"features": {"slash_commands": [{"command": "/lunch"}]}},
    "no command": LUNCH | {"features": {"slash_commands": []}},
    "eleven shortcuts": LUNCH | {"features": {"shortcuts": SHORTCUTS}},
    "scopes of words": LUNCH | {"oauth_config": {"scopes": {"bot": "commands"}}},
    "no answer": LUNCH | {"settings": {"interactivity": {"request_url": "https://a.example"}}},
    "no address": LUNCH | {"settings": {"interactivity": {"is_enabled": True, "request_url": "a.example"}}},
}


@each_case("name", WRONG)
def test_what_the_schema_refuses_is_refused(name: str) -> None:
    assert list(CONTRACT.iter_errors(WRONG[name]))
    assert list_problems(WRONG[name])


def test_what_the_schema_takes_is_taken() -> None:
    assert not list(CONTRACT.iter_errors(LUNCH))
    assert not list_problems(LUNCH)
    reachable = MANIFEST | {"settings": MANIFEST["settings"] | {"socket_mode_enabled": True}}
    assert not list_problems(reachable)
