"""What Slack wants of an app's manifest (schema 2.0.0 of its reference); other fields may have any value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.block_kit.validators import SchemaProblem, Validator, flag, many, string, word


def list_schema_problems(document: Any) -> list[SchemaProblem]:
    """What does not fit the schema."""
    return list(_MANIFEST(document, ""))


def list_problems(document: Any) -> list[SchemaProblem]:
    """The same, and what needs a way to the app and has none (method page of apps.manifest.validate)."""
    return list_schema_problems(document) or list(_find_unreachable(document.get("settings", {})))


def _find_unreachable(settings: Mapping[str, Any]) -> Iterator[SchemaProblem]:
    if settings.get("socket_mode_enabled"):
        return
    events, acts = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    if events and "request_url" not in events:
        message = "Event Subscription requires either Request URL or Socket Mode Enabled"
        yield SchemaProblem(message, "/settings/event_subscriptions")
    if acts.get("is_enabled") and "request_url" not in acts:
        yield SchemaProblem("Interactivity requires a Request URL", "/settings/interactivity")
        yield SchemaProblem("Interactivity requires Socket Mode enabled", "/settings/interactivity")


def _part(fields: Mapping[str, Validator], *, need: str = "") -> Validator:
    """An object with these fields, and any others."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, dict):
            yield SchemaProblem("must provide an object", at)
            return
        yield from (SchemaProblem(f"missing required field: {name}", at) for name in need.split() if name not in value)
        for name in [each for each in fields if each in value]:
            yield from fields[name](value[name], f"{at}/{name}")

    return check


_URL = string(3000, pattern=r"https?://.*")
_DISPLAY = _part(
    {
        "name": string(35, shortest=1),
        "description": string(140, shortest=1),
        "long_description": string(4000, shortest=175),
        "background_color": string(7, shortest=4),
    },
    need="name",
)
_COMMAND = _part(
    {
        "command": string(32, shortest=2, pattern=r"/\S+"),
        "description": string(2000, shortest=1),
        "usage_hint": string(1000, shortest=1),
        "should_escape": flag,
        "url": _URL,
    },
    need="command description",
)
_SHORTCUT = _part(
    {
        "type": word("global", "message"),
        "name": string(24, shortest=1),
        "callback_id": string(255, shortest=1),
        "description": string(150, shortest=1),
    },
    need="type name callback_id description",
)
_HOME = _part({"home_tab_enabled": flag, "messages_tab_enabled": flag, "messages_tab_read_only_enabled": flag})
_FEATURES = _part(
    {
        "app_home": _HOME,
        "bot_user": _part({"display_name": string(80, shortest=1), "always_online": flag}, need="display_name"),
        "slash_commands": many(_COMMAND, 50),
        "shortcuts": many(_SHORTCUT, 10),
        "unfurl_domains": many(string(255), 5),
    }
)
_SCOPES = many(string(50), 255, least=0)
_EVENTS = many(string(50), 100, least=0)
_SETTINGS = _part(
    {
        "interactivity": _part(
            {"is_enabled": flag, "request_url": _URL, "message_menu_options_url": _URL}, need="is_enabled"
        ),
        "event_subscriptions": _part({"bot_events": _EVENTS, "user_events": _EVENTS, "request_url": _URL}),
        "org_deploy_enabled": flag,
        "socket_mode_enabled": flag,
        "token_rotation_enabled": flag,
    }
)
_OAUTH = _part(
    {
        "redirect_urls": many(string(2500), 1000, least=0),
        "scopes": _part({"bot": _SCOPES, "bot_optional": _SCOPES, "user": _SCOPES, "user_optional": _SCOPES}),
    }
)
_MANIFEST = _part(
    {"display_information": _DISPLAY, "features": _FEATURES, "oauth_config": _OAUTH, "settings": _SETTINGS},
    need="display_information",
)
