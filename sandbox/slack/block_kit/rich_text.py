"""Rich text: the formatted text of composers (slack docs: rich text block)."""

from __future__ import annotations

from sandbox.slack.block_kit.texts import ID
from sandbox.slack.block_kit.validators import (
    Validator,
    by_type,
    flag,
    many,
    number,
    record,
    string,
    typed_record,
    word,
)

_STYLE = record(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
_BORDER = word(0, 1)


def _piece(kind: str, fields: dict[str, Validator], *, need: str) -> dict[str, Validator]:
    return typed_record(kind, {**fields, "style": _STYLE}, need=need)


_TEXT = _piece("text", {"text": string()}, need="text")
_LINK = _piece("link", {"url": string(), "text": string(), "unsafe": flag}, need="url")
_PIECES = {
    **_TEXT,
    **_LINK,
    **_piece("broadcast", {"range": word("here", "channel", "everyone")}, need="range"),
    **_piece("channel", {"channel_id": string()}, need="channel_id"),
    **_piece("color", {"value": string()}, need="value"),
    **_piece(
        "date",
        {"timestamp": number(), "format": string(), "url": string(), "fallback": string()},
        need="timestamp format",
    ),
    **_piece("emoji", {"name": string(), "unicode": string(), "url": string()}, need="name"),
    **_piece("team", {"team_id": string()}, need="team_id"),
    **_piece("user", {"user_id": string()}, need="user_id"),
    **_piece("usergroup", {"usergroup_id": string()}, need="usergroup_id"),
}

_SECTION = typed_record("rich_text_section", {"elements": many(by_type(_PIECES), least=0)}, need="elements")
_PARTS = {
    **_SECTION,
    **typed_record(
        "rich_text_list",
        {
            "elements": many(by_type(_SECTION), least=0),
            "style": word("bullet", "ordered"),
            "indent": number(0, 8),
            "offset": number(0),
            "border": _BORDER,
        },
        need="elements style",
    ),
    **typed_record(
        "rich_text_preformatted",
        {"elements": many(by_type({**_TEXT, **_LINK}), least=0), "border": _BORDER},
        need="elements",
    ),
    **typed_record(
        "rich_text_quote", {"elements": many(by_type(_PIECES), least=0), "border": _BORDER}, need="elements"
    ),
}

RICH_TEXT_BLOCK = typed_record(
    "rich_text", {"elements": many(by_type(_PARTS), least=0), "block_id": ID}, need="elements"
)
RICH_TEXT = by_type(RICH_TEXT_BLOCK)
