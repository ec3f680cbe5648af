"""circlebot config: what each setting is, and where that comes from.

Of a secret only its length is shown, and what looks like one (a password in an address) is masked.

SLACK_BOT_TOKEN  57 characters  file /run/secrets/slack_bot_token
PORT             8080           default
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from bot.operating.environment import Environment
from bot.settings import Settings
from bot.untrusted.masking import mask_secrets

_DEFAULT = "default"
_NOTHING = "-"


def format_table(read: Environment) -> str:
    rows = [(name.upper(), _format_value(value), _get_origin(read, name)) for name, value in _list_values(read)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{name:{widths[0]}}  {value:{widths[1]}}  {origin}" for name, value, origin in rows]
    return "\n".join([*lines, *(f"! {problem}" for problem in read.problems)])


def format_json(read: Environment) -> str:
    """A secret is an object with its length, so that it is not taken for the value."""
    settings = {
        name.upper(): {"value": _to_json(value), "from": _get_origin(read, name)} for name, value in _list_values(read)
    }
    return json.dumps({"settings": settings, "problems": read.problems}, indent=2)


def _list_values(read: Environment) -> Iterator[tuple[str, Any]]:
    for name in Settings.model_fields:
        yield name, getattr(read.settings, name)


def _get_origin(read: Environment, name: str) -> str:
    return read.origins.get(name, _DEFAULT)


def _format_value(value: object) -> str:
    match value:
        case SecretStr():
            return f"{len(value)} characters"
        case tuple() | frozenset():
            return ", ".join(map(_format_value, sorted(value, key=str))) or _NOTHING
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
    return _NOTHING if value is None else mask_secrets(str(value))


def _to_json(value: object) -> object:
    match value:
        case SecretStr():
            return {"characters": len(value)}
        case tuple() | frozenset():
            return [_to_json(one) for one in sorted(value, key=str)]
        case str():
            return mask_secrets(value)
    return value
