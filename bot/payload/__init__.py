"""What Slack sends, as a shape: whatever is not of it ends here, before Bolt and before our listeners.

Both doors read through here, HTTP and Socket Mode. Only what a shape names goes on: a field that we or Bolt come to
read is named in shapes.py first, and so has its type. What was read is handed on, so that nobody reads it differently.

A person can type what no database keeps: NUL, or half a character (a lone surrogate). It is taken out here, wherever it
stands, so that no command meets it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from pydantic import ValidationError
from pydantic_core import from_json

from bot.payload.shapes import SHAPES, Envelope

_MOST_FIELDS = 50
"""Of a form: a slash command has a dozen, everything else one."""

_USUAL_ESCAPES = {f"%{ord(sign):02X}": sign for sign in '":,{}[]/'}
"""Of JSON in a form: a third of it. No escape ends in the middle of another, and `%` itself is none of them."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}"
    r"|(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})|(?P<nul>u0000)|.)",
    re.ASCII | re.DOTALL,
)
"""Of JSON, each whole: two halves that belong together stay, as does an escaped backslash before a u."""

_KINDS = {
    "command": "command",
    "block_actions": "action",
    "block_suggestion": "options",
    "view_submission": "view",
    "view_closed": "view",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}


class MalformedPayload(Exception):
    """Not of Slack's shape. The sentence says where, and holds nothing of what was sent."""


def parse_form_or_json(text: str, content_type: str) -> dict[str, Any]:
    """A body over HTTP: events are JSON, commands a form, all else JSON in a form's `payload`. Raises Malformed."""
    if text.startswith("{") or content_type.partition(";")[0].strip() == "application/json":
        return parse_payload(_parse_json(text))
    fields = parse_form(text)
    return parse_payload(_parse_json(fields["payload"]) if "payload" in fields else fields)


def parse_form(text: str) -> dict[str, str]:
    """The fields of a form, of those with the same name the last. Raises Malformed."""
    if text.count("&") >= _MOST_FIELDS:
        raise MalformedPayload("more fields than any form of Slack")
    parted = (field.partition("=") for field in text.split("&") if field)
    return {_unescape(name): _unescape(value).replace("\0", "") for name, _equals, value in parted}


def _unescape(text: str) -> str:
    """Python's way goes from escape to escape: in a press that took longer than all else together."""
    if "%" in text:
        for escape, sign in _USUAL_ESCAPES.items():
            text = text.replace(escape, sign)
    return unquote_plus(text) if "%" in text or "+" in text else text


def parse_payload(payload: object) -> dict[str, Any]:
    """What the payload's shape names. Raises Malformed."""
    if not isinstance(payload, dict):
        raise MalformedPayload("not an object")
    kind = _find_type(payload)
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise MalformedPayload("nothing that we take")
    try:
        return shape.model_validate(payload).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise MalformedPayload(f"{kind}: {_format_first_error(error)}") from None


def find_kind(payload: Mapping[str, Any]) -> str:
    """In few words, for what is counted by it: command, action, view, shortcut, options or event."""
    return _KINDS.get(_find_type(payload), "event")


def _find_type(payload: Mapping[str, Any]) -> Any:
    return "command" if "command" in payload else payload.get("type")


def clean_envelope(text: str) -> str:
    """A message of Socket Mode is an envelope, or says something of the connection. Raises Malformed."""
    try:
        Envelope.model_validate(_parse_json(text))
    except ValidationError as error:
        raise MalformedPayload(f"envelope: {_format_first_error(error)}") from None
    return _clean_json(text)


def parse_json_object(text: str) -> dict[str, Any]:
    """JSON of ours that comes back; empty when it is none any more."""
    try:
        found = _parse_json(text)
    except MalformedPayload:
        return {}
    return found if isinstance(found, dict) else {}


def _parse_json(text: str) -> Any:
    """Bounded in depth, without half characters: what this reads can be written everywhere."""
    try:
        return from_json(_clean_json(text), allow_inf_nan=False)
    except ValueError:
        raise MalformedPayload("not JSON") from None


def _clean_json(text: str) -> str:
    return _ESCAPE.sub(_replace_escape, text) if "\\u" in text else text


def _replace_escape(found: re.Match[str]) -> str:
    return {"half": "?", "nul": ""}.get(found.lastgroup or "", found[0])


def _format_first_error(error: ValidationError) -> str:
    """Keys below the first may be the sender's, so that only the field of ours is told."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return f"{first['loc'][0] if first['loc'] else 'it'} ({first['type']})"
