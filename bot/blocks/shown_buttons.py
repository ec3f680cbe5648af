"""Buttons that Slack shows to some people alone (`visible_to_user_ids`): not every workspace has that yet.

Where Slack does not know it, it refuses the whole message: then all see them, and whoever may not is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.messages import Message

_FIELD = "visible_to_user_ids"
_MOST = 10
"""People whom Slack can be told."""


def show_only_to(people: Collection[str], button: ButtonElement) -> ButtonElement:
    """Where they are more than Slack can be told, or none, all see it."""
    if 0 < len(people) <= _MOST:
        button.visible_to_user_ids = sorted(people)
    return button


def is_shown_to_some(message: Message) -> bool:
    return any(_FIELD in element for block in message.blocks for element in _list_elements(block))


def show_to_all(message: Message) -> Message:
    """The same, and all see all of it."""
    return Message(message.text, [_show_to_all(block) for block in message.blocks])


def _list_elements(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]


def _show_to_all(block: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = {**block}
    if "elements" in block:
        shown["elements"] = [_drop_field(one) for one in block["elements"]]
    if "accessory" in block:
        shown["accessory"] = _drop_field(block["accessory"])
    return shown


def _drop_field(element: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in element.items() if name != _FIELD}
