"""The few Block Kit pieces that we build with, escaped and cut to Slack's limits.

Limits: Slack's Block Kit reference, as collected in slackblocks (text 3000, header 150, button text 75, value 2000,
option 75/150, 50 blocks a message). What is too long is cut with an ellipsis, never refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any, TypeVar

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
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import BlockElement, InputInteractiveElement

from bot.blocks.slack_objects import draw
from bot.language import _
from bot.line import Written, has_option
from bot.messages import Message
from bot.mrkdwn import cut, cut_middle, encode_url
from bot.untrusted.invisible_marks import strip_invisible, to_one_line

Block = dict[str, Any]

Pressable = ButtonElement | StaticSelectElement | OverflowMenuElement
"""What a row is made of, for those who do not import Slack's library."""


class _LongValueButton(ButtonElement):
    def _validate_value_length(self) -> bool:  # type: ignore[override]  # as the decorated one is called
        return True


class _LongValueOption(Option):
    def _validate_value_length(self) -> bool:  # type: ignore[override]  # as the decorated one is called
        return True


def plain_text(text: str, limit: int = 150) -> dict[str, Any]:
    return draw(PlainTextObject(text=_clean_label(text, limit), emoji=True))


def section(text: str, accessory: BlockElement | None = None, block_id: str | None = None) -> Block:
    return draw(SectionBlock(text=_build_mrkdwn(text), accessory=accessory, block_id=block_id))


def build_sections(lines: Iterable[str]) -> list[Block]:
    """As many sections as Slack's 3,000 characters a section need."""
    texts: list[str] = []
    for each in lines:
        if texts and len(texts[-1]) + len(each) < 2950:
            texts[-1] += f"\n{each}"
        else:
            texts.append(each)
    return [section(text) for text in texts]


def fields(texts: Iterable[str]) -> Block:
    return draw(SectionBlock(fields=[_build_mrkdwn(text, 2000) for text in texts][:10]))


def header(text: str) -> Block:
    return draw(HeaderBlock(text=PlainTextObject(text=_clean_label(text, 150))))


def context(*texts: str) -> Block:
    return draw(ContextBlock(elements=[_build_mrkdwn(text) for text in texts if text][:10]))


def build_notes(*texts: str) -> list[Block]:
    """One context block of these; none where all are empty."""
    return [context(*texts)] if any(texts) else []


def build_loading(doing: str) -> list[Block]:
    """What a modal shows that was opened at once and is filled in a moment: what happens meanwhile (mrkdwn)."""
    return [section(f":hourglass_flowing_sand: {doing}…")]


def divider() -> Block:
    return draw(DividerBlock())


def actions(elements: Sequence[Pressable], block_id: str | None = None) -> Block:
    """A row of buttons and menus, each with an action_id of its own that says only that it carries a line.

    It comes from the line, and a message that we change names its rows: so a button that is being pressed
    stays the same while others come and go. Of two that say the same one is enough.
    """
    row = {_derive_action_id(element): element for element in elements}
    for action_id, element in row.items():
        element.action_id = action_id
    return draw(ActionsBlock(elements=list(row.values())[:25], block_id=block_id))


def keep_one_primary(blocks: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The blocks, in which one button at most is primary: where several would be, no act is the main one."""
    several = len(_list_primary(blocks)) > 1
    kept = [deepcopy(dict(block)) if several else dict(block) for block in blocks]
    for one in _list_primary(kept) if several else ():
        del one["style"]
    return kept


def _list_primary(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    pressed = (one for block in blocks for one in [*block.get("elements", ()), block.get("accessory") or {}])
    return [one for one in pressed if one.get("style") == "primary"]


def add_buttons(message: Message, buttons: Sequence[Pressable]) -> Message:
    """The message with these buttons before the notes that close it: in its last row where they fit, before a menu."""
    if not buttons:
        return message
    notes = list(takewhile(lambda block: block["type"] == "context", reversed(message.blocks)))[::-1]
    content = list(message.blocks[: len(message.blocks) - len(notes)])
    row = actions(buttons)
    if content and content[-1]["type"] == "actions":
        joined = {one["action_id"]: one for one in (*content[-1]["elements"], *row["elements"])}
        if len(joined) <= 5:
            row = {**content.pop(), "elements": sorted(joined.values(), key=lambda one: one["type"] != "button")}
    return Message(message.text, [*content, row, *notes])


def add_notes(message: Message, notes: Sequence[str]) -> Message:
    """The message with these sentences (mrkdwn) at its end, each once."""
    said = "\n".join(dict.fromkeys(notes))
    blocks = message.blocks or [section(message.text)]
    return Message(f"{message.text}\n{said}", [*blocks, context(said)]) if said else message


def _derive_action_id(element: Pressable) -> str:
    if isinstance(element, ButtonElement):
        said = element.value or element.url
    elif isinstance(element, StaticSelectElement) and element.placeholder:
        said = element.placeholder.text
    else:
        said = next((one.value for one in element.options or () if isinstance(one, Option)), None)
    return f"do:{hashlib.sha256((said or '').encode()).hexdigest()[:8]}"


def button(
    label: str, line: Written, *, style: str | None = None, confirm: ConfirmObject | None = None, about: str = ""
) -> ButtonElement:
    """A button that says `line` when pressed, however long (slack/value_shortener.py). One that publishes asks.

    `about` is plain text that a screen reader says after the label: what is removed, shown … where rows repeat it.
    """
    confirm = confirm or (_confirm_publish() if has_option(line, "here") else None)
    drawn = _LongValueButton(text=_clean_label(label, 75), action_id="do", value=line, style=style, confirm=confirm)
    return _describe(drawn, about)


Choices = Sequence[tuple[str, Written]]


@dataclass(frozen=True, slots=True)
class Picker:
    """Things to choose from: what is shown of each, and the line that it says."""

    prompt: str
    choices: Choices
    confirm: ConfirmObject | None = None

    def split_pages(self, room: int) -> Sequence[Choices]:
        """As many at once as a menu of this room holds."""
        pages: list[list[tuple[str, Written]]] = []
        left = 0
        for label, said in self.choices:
            needs = count_chars(option(label, said)) + 2
            if needs > left or len(pages[-1]) == _MOST_OPTIONS:
                pages.append([])
                left = room
            left -= needs
            pages[-1].append((label, said))
        return pages

    def build_page(self, number: int, room: int) -> list[Pressable]:
        """Those of this page, counted from 1: a few as buttons, more as a menu."""
        pages = self.split_pages(room)
        choices = pages[number - 1] if number <= len(pages) else ()
        if len(choices) > _FEW:
            return [menu(self.prompt, [option(label, said) for label, said in choices], confirm=self.confirm)]
        return [button(label, said, confirm=self.confirm) for label, said in choices]


_FEW, _MOST_OPTIONS = 8, 100


def menu(placeholder: str, options: Sequence[Option], *, confirm: ConfirmObject | None = None) -> StaticSelectElement:
    """What is chosen in it says its line, as a button does."""
    return StaticSelectElement(
        placeholder=_clean_label(placeholder, 150), action_id="do", options=list(options), confirm=confirm
    )


def overflow(choices: Choices) -> OverflowMenuElement | None:
    """What is behind ⋯: the first five of these, or None. Slack asks nothing before what is chosen there."""
    options = [option(label, said) for label, said in choices[:_MOST_BEHIND]]
    return OverflowMenuElement(action_id="do", options=options) if options else None


_MOST_BEHIND = 5


def _confirm_publish() -> ConfirmObject:
    return confirm(_("Show to everybody"), _("Everybody in this channel can read it then."), _("Show to All"))


def link_button(label: str, url: str, *, about: str = "") -> ButtonElement:
    return _describe(ButtonElement(text=_clean_label(label, 75), action_id="link", url=encode_url(url)[:3000]), about)


def _describe(drawn: ButtonElement, about: str) -> ButtonElement:
    """With what a screen reader says of it, where rows repeat a label: what is removed, opened … (plain text)."""
    if about:
        drawn.accessibility_label = _clean_label(f"{drawn.text.text if drawn.text else ''}: {about}", 75)
    return drawn


def confirm(title: str, text: str, yes: str, *, danger: bool = False, no: str = "") -> ConfirmObject:
    """Slack asks first: `title` names the act, `yes` does it, `no` keeps what is (the two never read alike)."""
    return ConfirmObject(
        title=PlainTextObject(text=_clean_label(title, 100)),
        text=_build_mrkdwn(text, 300),
        confirm=cut(yes, 30),
        deny=cut(no or _("Cancel"), 30),
        style="danger" if danger else "primary",
    )


def option(text: str, value: str) -> Option:
    """Its value may be as long as it is, too; what is too long to be read is cut in the middle."""
    return _LongValueOption(text=PlainTextObject(text=cut_middle(text, 75) or " "), value=value)


def input_block(
    label: str,
    element: InputInteractiveElement,
    *,
    block_id: str,
    hint: str = "",
    optional: bool = False,
    redraw: bool = False,
) -> Block:
    """One input of a form; with `redraw` choosing something draws the form again."""
    return draw(
        InputBlock(
            label=_clean_label(label, 2000),
            element=element,
            block_id=block_id[:255],
            hint=_clean_label(hint, 2000) if hint else None,
            optional=optional,
            dispatch_action=redraw or None,
        )
    )


ROOM = 11_500
"""What a message may weigh in characters (Slack takes about 13,000)."""


def count_chars(part: object) -> int:
    """Characters of a block, or of several, as JSON."""
    return len(json.dumps(part, ensure_ascii=False, default=draw))


T = TypeVar("T")


def take_fitting(room: int, parts: Sequence[T]) -> list[T]:
    """The first of them, as many as together have at most `room` characters as JSON."""
    reached = accumulate(count_chars(part) + 2 for part in parts)
    return [part for part, sum_of in zip(parts, reached, strict=True) if sum_of <= room]


def _clean_label(text: str, limit: int) -> str:
    """Plain text as Slack takes it: on one line, of marks that can be seen, and never empty."""
    return cut(to_one_line(text), limit) or " "


def _build_mrkdwn(text: str, limit: int = 3000) -> MarkdownTextObject:
    return MarkdownTextObject(text=cut(strip_invisible(text), limit) or " ")
