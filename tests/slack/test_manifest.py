from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import COMMANDS
from bot.slack.manifest import EVENTS, as_yaml, build_manifest
from bot.slack.scopes import OPTIONAL_SCOPES, SCOPES
from tests.contracts.slack import MANIFEST

_CHECKOUT = Path(__file__).parents[2]

_SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "member_joined_channel": "channels:read",
    "message.im": "im:history",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_access_granted": None,
    "team_access_revoked": None,
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""Slack's event reference: what must be granted for each of these to be sent."""


@pytest.fixture(params=[None, "https://circle.example.com/"], ids=["socket", "http"])
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return build_manifest(url=request.param)


def test_the_manifest_is_one_that_slack_accepts(document: dict[str, Any]) -> None:
    MANIFEST.validate(document)


def test_the_file_in_the_checkout_is_the_manifest_for_socket_mode() -> None:
    path = _CHECKOUT / "manifest.yml"
    made = as_yaml(build_manifest(url=None))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "run: make golden"
    assert yaml.safe_load(made) == build_manifest(url=None)


def test_socket_mode_names_no_url_at_all() -> None:
    document = build_manifest(url=None)
    assert document["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(document)


def test_http_mode_sends_everything_to_the_one_events_route() -> None:
    document = build_manifest(url="https://circle.example.com/")
    settings = document["settings"]
    events = "https://circle.example.com/slack/events"
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == events
    assert settings["interactivity"]["request_url"] == events
    assert settings["interactivity"]["message_menu_options_url"] == events
    assert document["features"]["slash_commands"][0]["url"] == events
    assert document["oauth_config"]["redirect_urls"] == ["https://circle.example.com/slack/oauth_redirect"]


def test_every_event_that_is_asked_for_has_its_scope() -> None:
    assert set(EVENTS) == set(_SCOPE_OF_EVENT)
    assert {scope for scope in _SCOPE_OF_EVENT.values() if scope} <= {*SCOPES, *OPTIONAL_SCOPES}


def test_what_is_optional_is_asked_for_and_may_be_declined(document: dict[str, Any]) -> None:
    scopes = document["oauth_config"]["scopes"]
    assert scopes["bot_optional"] == list(OPTIONAL_SCOPES)
    assert set(scopes["bot_optional"]) < set(scopes["bot"])


def test_the_usage_hint_names_ten_commands() -> None:
    hint = build_manifest(url=None)["features"]["slash_commands"][0]["usage_hint"]
    assert len(hint.split(" | ")) == 10
    assert set(hint.split(" | ")) <= {command.title for command in COMMANDS}
