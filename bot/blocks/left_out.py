"""One sentence where something is missing because we could not read it: a list, or a card, is not to look whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.blocks import kit
from bot.command import Reply
from bot.language import ngettext

_MOST_IN_A_MESSAGE, _MOST_IN_A_MODAL = 50, 100


def format_note(count: int) -> str:
    return ngettext(
        ":grey_question: One thing from CircleCI that I cannot read is left out.",
        ":grey_question: {count} things from CircleCI that I cannot read are left out.",
        count,
    )


def add_note(reply: Reply, count: int) -> Reply:
    """The reply, and what it lacks; as it is where nothing is left out, or there is no room."""
    if not count:
        return reply
    message, view = reply.message, reply.view
    return replace(
        reply,
        message=message and replace(message, blocks=_insert_note(message.blocks, count, _MOST_IN_A_MESSAGE)),
        view=view
        and replace(view, blocks=_insert_note(view.blocks, count, _MOST_IN_A_MODAL - len(view.original_blocks))),
    )


def _insert_note(blocks: Sequence[Mapping[str, Any]], count: int, most: int) -> Sequence[Mapping[str, Any]]:
    """Above the buttons, where they are last."""
    if not blocks or len(blocks) >= most:
        return blocks
    at = len(blocks) - (blocks[-1].get("type") == "actions")
    return [*blocks[:at], kit.context(format_note(count)), *blocks[at:]]
