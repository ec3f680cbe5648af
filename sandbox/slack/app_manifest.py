"""The app's manifest, the parts that Slack acts on: scopes, commands, shortcuts, events, domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALL_SCOPES = (
    *(
        "app_mentions:read",
        "bookmarks:write",
        "commands",
        "emoji:read",
        "files:read",
        "files:write",
        "pins:read",
        "pins:write",
    ),
    *("channels:history", "channels:join", "channels:manage", "channels:read"),
    *("chat:write", "chat:write.customize", "chat:write.public"),
    *("groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write"),
    *("links:read", "links:write", "mpim:history", "mpim:read", "mpim:write", "reactions:read", "reactions:write"),
    *("team:read", "usergroups:read", "users.profile:read", "users:read", "users:read.email"),
)
USUAL_EVENTS = (
    *("app_home_opened", "app_mention", "message.im", "member_joined_channel", "link_shared"),
    *("channel_archive", "channel_rename", "channel_shared", "channel_unshared"),
    *("app_uninstalled", "tokens_revoked", "user_change"),
    *("team_access_granted", "team_access_revoked", "subteam_members_changed", "subteam_updated"),
)

# A bar outside brackets, as in "trigger [--branch NAME | --tag NAME] | status".


@dataclass(frozen=True)
class Manifest:
    """What the app asked for when it was set up. Without a manifest everything is granted and any command is known."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Mapping[str, Any], ...]
    any_command: bool
    shortcuts: tuple[Mapping[str, Any], ...]
    unfurl_domains: tuple[str, ...]
    redirect_urls: tuple[str, ...]
    home_tab: bool
    messages_tab: bool
    interactive: bool
    rotates_tokens: bool = False

    @classmethod
    def parse(cls, document: Mapping[str, Any] | None) -> Manifest:
        """From a manifest in Slack's own format (slack docs: app manifest reference)."""
        return _parse(document) if document is not None else _grant_everything()

    @property
    def scope_header(self) -> str:
        return ",".join(sorted(self.scopes))

    def find_command(self, word: str) -> Mapping[str, Any] | None:
        """The command of this name ("/circle"), an empty one where any is known, else None."""
        named = next((each for each in self.commands if each["command"] == word), None)
        return named or ({"command": word} if self.any_command else None)

    def find_shortcut(self, callback_id: str) -> Mapping[str, Any] | None:
        return next((each for each in self.shortcuts if each["callback_id"] == callback_id), None)

    def find_unfurl_domain(self, host: str) -> str | None:
        """The manifest's domain that this host belongs to, itself or as a subdomain."""
        return next((each for each in self.unfurl_domains if host == each or host.endswith(f".{each}")), None)

    def list_commands_for_page(self) -> list[dict[str, Any]]:
        return [_command_for_page(each) for each in self.commands]

    def list_shortcuts_for_page(self) -> list[dict[str, Any]]:
        return [{key: each[key] for key in ("type", "name", "callback_id")} for each in self.shortcuts]


def _parse(document: Mapping[str, Any]) -> Manifest:
    features = document.get("features", {})
    settings = document.get("settings", {})
    oauth = document.get("oauth_config", {})
    scopes = oauth.get("scopes", {})
    home = features.get("app_home", {})
    return Manifest(
        name=_bot_name(document, features),
        scopes=frozenset([*scopes.get("bot", ()), *scopes.get("bot_optional", ())]),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        commands=tuple(features.get("slash_commands", ())),
        any_command=False,
        shortcuts=tuple(features.get("shortcuts", ())),
        unfurl_domains=tuple(features.get("unfurl_domains", ())),
        redirect_urls=tuple(oauth.get("redirect_urls", ())),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", True),
        interactive=settings.get("interactivity", {}).get("is_enabled", False),
        rotates_tokens=settings.get("token_rotation_enabled", False),
    )


def _grant_everything() -> Manifest:
    return Manifest(
        name="circlebot",
        scopes=frozenset(ALL_SCOPES),
        events=frozenset(USUAL_EVENTS),
        commands=(),
        any_command=True,
        shortcuts=(),
        unfurl_domains=(),
        redirect_urls=(),
        home_tab=True,
        messages_tab=True,
        interactive=True,
    )


def _bot_name(document: Mapping[str, Any], features: Mapping[str, Any]) -> str:
    bot_user = features.get("bot_user", {}).get("display_name")
    return str(bot_user or document.get("display_information", {}).get("name") or "app")


def _command_for_page(command: Mapping[str, Any]) -> dict[str, Any]:
    """What Slack's composer knows of a command: no word of it is completed, its hint is shown."""
    return {
        "command": command["command"],
        "description": command.get("description", ""),
        "usage_hint": str(command.get("usage_hint", "")),
    }
