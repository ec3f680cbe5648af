"""An app's manifest from a YAML or JSON file; the parts that the sandbox uses are checked (app manifest reference)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.slack.block_kit.validators import SchemaProblem, Validator, flag, many, string, word

MOST_BYTES = 1_000_000


class BadManifest(ValueError):
    """The file is no manifest; the sentence says why and where."""


def read_manifest(path: Path) -> Mapping[str, Any]:
    """The manifest in this file. Raises BadManifest for one that cannot be opened or is invalid."""
    document = _document(path, _text(path))
    problems = [f"  {problem.pointer or '/'}: {problem.message}" for problem in _MANIFEST(document, "")]
    if problems:
        raise BadManifest("\n".join([f"{path} is no manifest that Slack would take:", *problems]))
    manifest: Mapping[str, Any] = document
    return manifest


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadManifest(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise BadManifest(f"{path} is larger than a megabyte, so it is no manifest")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadManifest(f"{path} is no UTF-8 text") from None


def _document(path: Path, text: str) -> Any:
    """YAML reads JSON too, but for tabs between its words."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as no_json:
        if text.lstrip().startswith("{"):
            raise BadManifest(f"{path} is no JSON: {no_json}") from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as no_yaml:
        raise BadManifest(f"{path} is neither JSON nor YAML: {' '.join(str(no_yaml).split())}") from None


def _part(fields: Mapping[str, Validator], *, need: str = "") -> Validator:
    """An object with these fields; fields that the sandbox does not use may have any value."""

    def check(value: Any, at: str) -> Iterator[SchemaProblem]:
        if not isinstance(value, dict):
            yield SchemaProblem("must provide an object", at)
            return
        yield from (SchemaProblem(f"missing required field: {name}", at) for name in need.split() if name not in value)
        for name in [each for each in fields if each in value]:
            yield from fields[name](value[name], f"{at}/{name}")

    return check


_COMMAND = _part(
    {"command": string(32, pattern=r"/\S+"), "description": string(2000), "usage_hint": string(1000)},
    need="command",
)
_SHORTCUT = _part(
    {"type": word("global", "message"), "name": string(24), "callback_id": string(255), "description": string(150)},
    need="type name callback_id",
)
_HOME = _part({"home_tab_enabled": flag, "messages_tab_enabled": flag})
_FEATURES = _part(
    {
        "app_home": _HOME,
        "bot_user": _part({"display_name": string(80)}),
        "slash_commands": many(_COMMAND, 50, least=0),
        "shortcuts": many(_SHORTCUT, 10, least=0),
        "unfurl_domains": many(string(), 5, least=0),
    }
)
_WORDS = many(string(), least=0)
_SETTINGS = _part(
    {
        "interactivity": _part({"is_enabled": flag}),
        "event_subscriptions": _part({"bot_events": many(string(), 100, least=0)}),
    }
)
_OAUTH = _part({"redirect_urls": _WORDS, "scopes": _part({"bot": _WORDS, "bot_optional": _WORDS})})
_MANIFEST = _part(
    {
        "display_information": _part({"name": string(35, shortest=1)}, need="name"),
        "features": _FEATURES,
        "oauth_config": _OAUTH,
        "settings": _SETTINGS,
    },
    need="display_information",
)
