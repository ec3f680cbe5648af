"""One sentence where something is missing because we could not read it: a list, or a card, is not to look whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.blocks import kit
from bot.command import Reply
from bot.language import _

_MOST_IN_A_MESSAGE, _MOST_IN_A_MODAL = 50, 100


def format_note(count: int) -> str:
    what = _("One thing") if count == 1 else _("{count} things", count=count)
    return _(
        ":grey_question: {what} from CircleCI that I cannot read {count} left out.",
        what=what,
        count="is" if count == 1 else "are",
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
