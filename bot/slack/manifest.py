"""The Slack app as one document: its name, its scopes, its URLs.

Without a URL it is for Socket Mode, with one for HTTP. Shape and limits: Slack's app manifest reference, schema 2.0.0.
"""

from __future__ import annotations

from typing import Any

import yaml

from bot.slack.scopes import OPTIONAL_SCOPES, SCOPES
from bot.slack.shortcuts import build_shortcuts

EVENTS = (
    *("app_home_opened", "app_mention", "app_uninstalled", "channel_shared", "channel_unshared"),
    *("member_joined_channel", "message.im", "subteam_members_changed", "subteam_updated"),
    *("team_access_granted", "team_access_revoked", "tokens_revoked", "user_change"),
)

USAGE_HINT = ("connect", "use", "trigger", "status", "pipeline", "rerun", "approve", "logs", "subscribe", "help")
"""Slack shows these while somebody types /circle: as many as people read."""

Json = dict[str, Any]


def build_manifest(*, url: str | None, name: str = "circlebot", rotates_tokens: bool = False) -> Json:
    """The manifest as Slack reads it. `url` is where circlebot is reached from outside, None for Socket Mode.

    An app that `rotates_tokens` gets bot tokens of twelve hours; Slack cannot switch that off again.
    """
    base = url.rstrip("/") if url else None
    return {
        "display_information": _build_display(name),
        "features": _build_features(base, name),
        "oauth_config": _build_oauth(base),
        "settings": _build_settings(base, rotates_tokens=rotates_tokens),
    }


def as_yaml(document: Json) -> str:
    """What `circlebot manifest` prints and `manifest.yml` holds."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _build_display(name: str) -> Json:
    return {
        "name": name,
        "description": "CircleCI in Slack: trigger, watch, rerun, cancel and approve without leaving the channel",
        "long_description": (
            "Type /circle help to begin. Everybody connects their own CircleCI account in a private form, and "
            "everything happens with their own rights there. Channels subscribe to projects and get messages about "
            "what failed and why, what recovered, and what waits for an approval."
        ),
        "background_color": "#161616",
    }


def _build_features(base: str | None, name: str) -> Json:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": name, "always_online": True},
        "shortcuts": build_shortcuts(),
        "slash_commands": [_build_slash_command(base)],
    }


def _build_slash_command(base: str | None) -> Json:
    return {
        "command": "/circle",
        "description": "Trigger, watch, rerun, cancel and approve CircleCI pipelines",
        "usage_hint": " | ".join(USAGE_HINT),
        "should_escape": True,
        **({"url": _build_events_url(base)} if base else {}),
    }


def _build_oauth(base: str | None) -> Json:
    return {
        **({"redirect_urls": [f"{base}/slack/oauth_redirect"]} if base else {}),
        "scopes": {"bot": [*SCOPES, *OPTIONAL_SCOPES], "bot_optional": list(OPTIONAL_SCOPES)},
    }


def _build_settings(base: str | None, *, rotates_tokens: bool) -> Json:
    request = {"request_url": _build_events_url(base)} if base else {}
    menus = {"message_menu_options_url": _build_events_url(base)} if base else {}
    return {
        "event_subscriptions": {**request, "bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True, **request, **menus},
        "org_deploy_enabled": True,
        "socket_mode_enabled": base is None,
        "token_rotation_enabled": rotates_tokens,
    }


def _build_events_url(base: str | None) -> str:
    return f"{base}/slack/events"
