"""What this release's manifest changes about the one that an app has, in lines for the person who decides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.manifest import build_manifest
from bot.slack.scopes import OPTIONAL_SCOPES, find_reason

Json = dict[str, Any]

_SCOPES, _EVENTS = "oauth_config.scopes.bot.", "settings.event_subscriptions.bot_events."
_EVENTS_PATH = "/slack/events"
_MOST_SHOWN = 40
_IDS = ("callback_id", "command")
"""What names a shortcut or a command in a list."""


def build_wanted(there: Json, *, url: str | None) -> Json:
    """This release's manifest for an app: it keeps its name, its address, and what we say nothing of.

    Also that its tokens are rotated, which Slack cannot take back.
    """
    name = str(_get_part(there, "display_information").get("name") or "circlebot")
    rotates = bool(_get_part(there, "settings").get("token_rotation_enabled"))
    ours = build_manifest(url=url or find_url(there), name=name, rotates_tokens=rotates)
    if shown := _get_part(there, "features", "bot_user").get("display_name"):
        ours["features"]["bot_user"]["display_name"] = shown
    return _merge(there, ours)


def find_url(there: Json) -> str | None:
    """Where Slack reaches the app; None in Socket Mode."""
    url = str(_get_part(there, "settings", "event_subscriptions").get("request_url") or "")
    reached = not _get_part(there, "settings").get("socket_mode_enabled") and url.endswith(_EVENTS_PATH)
    return url.removesuffix(_EVENTS_PATH) if reached else None


def list_changes(there: Json, wanted: Json) -> list[str]:
    """A line for each: scopes with their reason first."""
    before, after = dict(_flatten(there)), dict(_flatten(wanted))
    return sorted(_list_lines(before, after), key=lambda line: "scope" not in line)


def wants_more_scopes(there: Json, wanted: Json) -> bool:
    """Whether there are new scopes, so that the app has to be installed again."""
    return any(path.startswith(_SCOPES) for path in dict(_flatten(wanted)).keys() - dict(_flatten(there)).keys())


def _list_lines(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for path, value in after.items():
        if path not in before:
            yield _format_new(path)
        elif before[path] != value:
            yield f"changed  {path}: {_format_value(before[path])} becomes {_format_value(value)}"
    for path in before.keys() - after.keys():
        yield f"removed  {_format_place(path)}"


def _format_new(path: str) -> str:
    name = path.removeprefix(_SCOPES)
    if name == path:
        return f"new      {_format_place(path)}"
    may = " (optional)" if name in OPTIONAL_SCOPES else ""
    return f"new      scope {name}: with it, circlebot {find_reason(name)}{may}"


def _format_value(value: object) -> str:
    """As JSON, which shows what a terminal would obey."""
    text = json.dumps(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _format_place(path: str) -> str:
    for prefix, kind in ((_SCOPES, "scope"), (_EVENTS, "event")):
        if path.startswith(prefix):
            return f"{kind} {path.removeprefix(prefix)}"
    return path


def _merge(there: Json, ours: Json) -> Json:
    """Ours over theirs; a list is ours."""
    both = {key: _merge(_get_part(there, key), part) for key, part in ours.items() if isinstance(part, dict)}
    return {**there, **ours, **both}


def _get_part(there: Json, *keys: str) -> Json:
    """Empty where there is none; Slack writes some empty objects as empty lists."""
    for key in keys:
        found = there.get(key)
        there = found if isinstance(found, dict) else {}
    return there


def _flatten(value: Any, at: str = "") -> Iterator[tuple[str, object]]:
    """Each value by its place; a list's items by what names them, so that their order does not count."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flatten(one, f"{at}{key}.")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _flatten_item(one, at, number)
    else:
        yield at.rstrip("."), value


def _flatten_item(item: Any, at: str, number: int) -> Iterator[tuple[str, object]]:
    if isinstance(item, dict):
        name = next((item[key] for key in _IDS if key in item), number)
        yield from _flatten(item, f"{at}{name}.")
    else:
        yield f"{at}{item}", True
