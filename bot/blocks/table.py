"""Tables, and the same without: Slack allows tables in messages only, one in each, and Slack may refuse it.

Limits: 100 rows by 20 columns (Slack docs: table block).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import RawTextObject, TableBlock

from bot.blocks import kit
from bot.blocks.shown_buttons import is_shown_to_some, show_to_all
from bot.messages import Message
from bot.mrkdwn import cut, cut_apart, escape
from bot.untrusted.invisible_marks import to_one_line

MOST_ROWS = 99
"""Beside the head."""

_CELL = 120


def build_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> kit.Block:
    """The first column names, the others count. Cells are plain text, so foreign text is harmless in them."""
    shown = rows[:MOST_ROWS]
    named = zip(cut_apart((row[0] for row in shown), _CELL), shown, strict=True)
    cells = [[_cell(text) for text in row] for row in [head, *((name, *row[1:]) for name, row in named)]]
    aligned = [{"align": "left" if number == 0 else "right"} for number in range(len(head))]
    found: kit.Block = TableBlock(rows=cells, column_settings=aligned).to_dict()
    return found


def _cell(text: str) -> RawTextObject:
    return RawTextObject(text=cut(to_one_line(text), _CELL) or " ")


def build_fallbacks(message: Message) -> Iterator[Message]:
    """The message, and the same with less of what Slack may refuse: buttons that only some see, and tables."""
    yield message
    if message.fixed:
        return
    if is_shown_to_some(message):
        message = show_to_all(message)
        yield message
    if any(block["type"] == "table" for block in message.blocks):
        yield replace_tables(message)


def may_be_refused(message: Message) -> bool:
    return len(list(build_fallbacks(message))) > 1


def replace_tables(message: Message) -> Message:
    """Without tables."""
    return Message(message.text, [plain for block in message.blocks for plain in _replace_table(block)])


def _replace_table(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if block["type"] != "table":
        return [block]
    head, *rows = [[cell["text"] for cell in row] for row in block["rows"]]
    return [kit.section(text) for text in _sections(head, rows)]


def _sections(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each row as a line that names its numbers, as many lines to a section as fit."""
    text = ""
    for row in rows:
        told = f"*{escape(row[0])}* " + " · ".join(_format_pair(*pair) for pair in zip(head[1:], row[1:], strict=True))
        if len(text) + len(told) > 2900:
            yield text
            text = ""
        text = f"{text}\n{told}".strip()
    if text:
        yield text


def _format_pair(name: str, value: str) -> str:
    return f"{escape(name)} {escape(value)}".strip()
