"""The few Block Kit pieces that we build with, escaped and cut to Slack's limits.

Limits: Slack's Block Kit reference, as collected in slackblocks (text 3000, header 150, button text 75, value 2000,
option 75/150, 50 blocks a message). What is too long is cut with an ellipsis, never refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import BlockElement, InputInteractiveElement

from bot.domain import Message
from bot.line import Written, says
from bot.mrkdwn import address, cut
from bot.untrusted.marks import one_line, visible

Block = dict[str, Any]

Pressable = ButtonElement
"""What a row is made of, for those who do not import Slack's library."""


class _Button(ButtonElement):
    def _validate_value_length(self) -> bool:  # type: ignore[override]  # as the decorated one is called
        return True


class _Option(Option):
    def _validate_value_length(self) -> bool:  # type: ignore[override]  # as the decorated one is called
        return True


def plain(text: str, limit: int = 150) -> dict[str, Any]:
    return PlainTextObject(text=_name(text, limit), emoji=True).to_dict()


def section(text: str, accessory: BlockElement | None = None, block_id: str | None = None) -> Block:
    return _dict(SectionBlock(text=_mrkdwn(text), accessory=accessory, block_id=block_id))


def fields(texts: Iterable[str]) -> Block:
    return _dict(SectionBlock(fields=[MarkdownTextObject(text=cut(visible(text), 2000) or " ") for text in texts][:10]))


def header(text: str) -> Block:
    return _dict(HeaderBlock(text=PlainTextObject(text=_name(text, 150))))


def context(*texts: str) -> Block:
    return _dict(ContextBlock(elements=[_mrkdwn(text) for text in texts if text][:10]))


def loading() -> list[Block]:
    """What stands in a modal that was opened at once and is filled in a moment."""
    return [section(":hourglass_flowing_sand: One moment…")]


def divider() -> Block:
    return _dict(DividerBlock())


def actions(elements: Sequence[ButtonElement], block_id: str | None = None) -> Block:
    """A row of buttons, each with an action_id of its own that says only that it carries a line.

    It comes from the line, and a message that changes by itself names its rows: so a button that is being pressed
    stays the same while others come and go. Of two that say the same one is enough.
    """
    row = {_action_id(element): element for element in elements}
    for action_id, element in row.items():
        element.action_id = action_id
    return _dict(ActionsBlock(elements=list(row.values())[:25], block_id=block_id))


def with_buttons(message: Message, buttons: Sequence[ButtonElement]) -> Message:
    """The message with a row of buttons below."""
    return Message(message.text, [*message.blocks, actions(buttons)]) if buttons else message


def _action_id(element: ButtonElement) -> str:
    said = element.value or element.url or ""
    return f"do:{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def button(
    label: str, line: Written, *, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    """A button that says `line` when it is pressed, however long (bot/slack/shorten.py). One that publishes asks."""
    confirm = confirm or (_to_everybody() if says(line, "here") else None)
    return _Button(text=_name(label, 75), action_id="do", value=line, style=style, confirm=confirm)


def _to_everybody() -> ConfirmObject:
    return confirm("Show it to all?", "Everybody here can read it then.", "Show it")


def link_button(label: str, url: str) -> ButtonElement:
    return ButtonElement(text=_name(label, 75), action_id="link", url=address(url)[:3000])


def confirm(title: str, text: str, yes: str, *, danger: bool = False) -> ConfirmObject:
    return ConfirmObject(
        title=PlainTextObject(text=_name(title, 100)),
        text=MarkdownTextObject(text=cut(visible(text), 300)),
        confirm=cut(yes, 30),
        deny="Cancel",
        style="danger" if danger else "primary",
    )


def option(text: str, value: str) -> Option:
    """Its value may be as long as it is, too."""
    return _Option(text=PlainTextObject(text=_name(text, 75)), value=value)


def field(
    label: str,
    element: InputInteractiveElement,
    *,
    block_id: str,
    hint: str = "",
    optional: bool = False,
    redraw: bool = False,
) -> Block:
    """One input of a form; with `redraw` choosing something draws the form again."""
    return _dict(
        InputBlock(
            label=_name(label, 2000),
            element=element,
            block_id=block_id[:255],
            hint=_name(hint, 2000) if hint else None,
            optional=optional,
            dispatch_action=redraw or None,
        )
    )


def fitted(rows: Sequence[Sequence[Block]]) -> list[Block]:
    """Rows of a list, each a block and perhaps its acts; where that is too much for Slack, later ones go without."""
    left = _BUDGET - _BRIEF * len(rows)
    drawn: list[Block] = []
    for told, *acts in rows:
        more = max(0, len(json.dumps([told, *acts])) - _BRIEF)
        fits = more <= left
        left -= more if fits else 0
        drawn += [told, *acts] if fits else [told]
    return drawn


_BUDGET, _BRIEF = 11_500, 900
"""Characters that a list may have as JSON (Slack takes about 13,000 a message), and a row without acts."""


def _name(text: str, limit: int) -> str:
    """Plain text as Slack takes it: on one line, of marks that can be seen, and never empty."""
    return cut(one_line(text), limit) or " "


def _mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=cut(visible(text), 3000) or " ")


def _dict(block: Any) -> Block:
    found: Block = block.to_dict()
    return found
