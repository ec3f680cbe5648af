from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from bot.operating import settings_problems
from bot.operating.demo_bot import build_settings
from bot.settings import Settings
from tests.plugins.each_case import each_case

MANY = {
    "slack_bot_token": None,
    "slack_client_id": "1.2",
    "slack_client_secret": SecretStr("s"),
    "public_url": "https://circle.example.com",
    "admin_users": frozenset({"T0SANDBOX/U0ADA"}),
}


def settings(**changed: Any) -> Settings:
    """Nothing wrong with it but what is changed."""
    return build_settings("http://127.0.0.1:1", "sqlite:///x.db").model_copy(update=changed)


def test_a_set_up_for_one_workspace_is_complete() -> None:
    given = settings()
    assert [
        *settings_problems.find_store_problems(given),
        *settings_problems.find_sending_problems(given),
        *settings_problems.find_receiving_problems(given),
    ] == []


def test_a_set_up_for_many_workspaces_is_complete() -> None:
    assert list(settings_problems.find_sending_problems(settings(**MANY))) == []


@each_case(
    ("changed", "says"),
    [
        ({"slack_bot_token": None}, "SLACK_BOT_TOKEN is not set."),
        ({"slack_bot_token": SecretStr("xapp-1")}, "SLACK_BOT_TOKEN does not begin with `xoxb-`."),
        ({"slack_client_id": "1.2"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ({**MANY, "slack_bot_token": SecretStr("xoxb-1")}, "exclude each other: unset one"),
        ({**MANY, "public_url": None}, "PUBLIC_URL is not set, and OAuth has to bring people back to it."),
        ({"public_url": "circle.example.com"}, "PUBLIC_URL does not begin with http:// or https://."),
        ({"circleci_token_workspaces": frozenset({"T1"})}, "CIRCLECI_TOKEN_WORKSPACES says whom CIRCLECI_TOKEN reads"),
        (
            {"circleci_token": SecretStr("t"), "circleci_token_workspaces": frozenset({"acme"})},
            "CIRCLECI_TOKEN_WORKSPACES is no list of workspaces. For example: T012AB3CD,T045EF6GH, or *",
        ),
        (
            {"circleci_url": "https://circleci.acme.com", "allow_pasted_tokens": False},
            "ALLOW_PASTED_TOKENS=false lets nobody connect: a CircleCI Server has no other way.",
        ),
        ({"circleci_url": "circleci.com"}, "CIRCLECI_URL does not begin with http:// or https://."),
    ],
)
def test_what_keeps_us_from_acting_in_slack(changed: dict[str, Any], says: str) -> None:
    (sentence,) = settings_problems.find_sending_problems(settings(**changed))
    assert says in sentence


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"slack_app_token": None}, "Slack has no way in: set SLACK_APP_TOKEN"),
        ({"slack_app_token": SecretStr("xoxb-1")}, "SLACK_APP_TOKEN does not begin with `xapp-`."),
    ],
)
def test_what_keeps_slack_from_reaching_us(changed: dict[str, Any], says: str) -> None:
    (sentence,) = settings_problems.find_receiving_problems(settings(**changed))
    assert says in sentence


@each_case(
    ("changed", "says"),
    [
        ({"encryption_keys": ()}, "ENCRYPTION_KEYS is empty"),
        ({"encryption_keys": (SecretStr("short"),)}, "A key in ENCRYPTION_KEYS is malformed"),
        ({"database_url": SecretStr("nonsense")}, "DATABASE_URL is no URL"),
        ({"database_url": SecretStr("mysql://u:letmein@h/x")}, "DATABASE_URL: mysql is not supported"),
        ({"database_url": SecretStr("postgres://u:letmein@h:x/y")}, "DATABASE_URL is not an address."),
        ({"database_url": SecretStr("sqlite://")}, "DATABASE_URL names no file"),
    ],
)
def test_what_keeps_us_from_the_store(changed: dict[str, Any], says: str) -> None:
    (sentence,) = settings_problems.find_store_problems(settings(**changed))
    assert says in sentence
    assert "letmein" not in sentence
