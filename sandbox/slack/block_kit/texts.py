"""Composition objects: texts, options, confirmations (slack docs: composition objects)."""

from __future__ import annotations

from sandbox.slack.block_kit.validators import (
    Validator,
    any_schema,
    by_type,
    exactly_one,
    flag,
    many,
    record,
    string,
    typed_record,
    word,
)

ID = string(255)
URL = string(3000)
STYLE = word("primary", "danger")


def plain_text(longest: int = 3000) -> Validator:
    """A text object that must be plain."""
    return by_type(typed_record("plain_text", {"text": string(longest, shortest=1), "emoji": flag}, need="text"))


def mrkdwn(longest: int = 3000) -> Validator:
    """A text object that must be mrkdwn."""
    return by_type(typed_record("mrkdwn", {"text": string(longest, shortest=1), "verbatim": flag}, need="text"))


def text(longest: int = 3000) -> Validator:
    """A text object, plain or mrkdwn."""
    plain = typed_record("plain_text", {"text": string(longest, shortest=1), "emoji": flag}, need="text")
    marked = typed_record("mrkdwn", {"text": string(longest, shortest=1), "verbatim": flag}, need="text")
    return any_schema(by_type(plain | marked))


def _option(label: Validator) -> Validator:
    fields = {"text": label, "value": string(150), "description": plain_text(75), "url": URL}
    return record(fields, need="text value")


OPTION = _option(plain_text(75))
MARKED_OPTION = _option(text(75))
OPTION_GROUP = record({"label": plain_text(75), "options": many(OPTION, 100)}, need="label options")

CONFIRM = record(
    {
        "title": plain_text(100),
        "text": text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": STYLE,
    },
    need="text",
)

SLACK_FILE = record({"url": URL, "id": string()}, extra_check=exactly_one("url", "id"))
