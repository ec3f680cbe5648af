"""Reading what Slack shows, as a person does: all the text of a message or view, and the controls on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_DONE_BY = re.compile(r":[a-z0-9_]+: <@U")


def get_text(thing: Any) -> str:
    """Everything that a person can read in a message or view, as one string."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Mapping):
        shown = (value for key, value in thing.items() if key in _READABLE)
        return "\n".join(filter(None, map(get_text, shown)))
    if isinstance(thing, list):
        return "\n".join(filter(None, map(get_text, thing)))
    return ""


_READABLE = (
    "text", "blocks", "fields", "elements", "element", "accessory", "label", "hint", "title", "submit", "placeholder",
    "options", "initial_option", "initial_value", "confirm",
)  # fmt: skip


def is_card(message: Json) -> bool:
    """And not what somebody changed of what the channel hears, which begins with who did it."""
    changed = _DONE_BY.match(message.get("text", ""))
    return "thread_ts" not in message and not message.get("ephemeral") and bool(message.get("blocks")) and not changed


def get_container(where: Json) -> Json:
    if where.get("type") in {"modal", "home"}:
        return {"view_id": where["id"]}
    place = {"channel": where["channel"], "ts": where.get("ts"), "ephemeral_id": where.get("ephemeral_id")}
    return {name: value for name, value in place.items() if value}


def get_buttons(where: Json) -> list[str]:
    """The labels of all its buttons, as they are read."""
    return [
        element["text"]["text"]
        for block in where.get("blocks", [])
        for element in [*block.get("elements", []), *([block["accessory"]] if block.get("accessory") else [])]
        if element.get("type") == "button"
    ]


def find_button(where: Json, fits: Callable[[Json], bool]) -> tuple[Json, Json]:
    for block, element in _list_elements(where):
        if element.get("type") == "button" and fits(element):
            return block, element
    raise AssertionError(f"no such button in:\n{get_text(where)}")


def find_option(where: Json, label: str) -> tuple[Json, Json, Json]:
    for block, element in _list_elements(where):
        for option in element.get("options", ()):
            if option["text"]["text"] == label:
                return block, element, option
    raise AssertionError(f"no such option in:\n{get_text(where)}")


def _list_elements(where: Json) -> Iterator[tuple[Json, Json]]:
    """Whatever can be pressed, each with its block."""
    for block in where.get("blocks", []):
        for element in [*block.get("elements", []), *([block["accessory"]] if block.get("accessory") else [])]:
            yield block, element


def list_lines(where: Json) -> list[str]:
    """What all its buttons and menus say to us."""
    pressed = (one for _block, element in _list_elements(where) for one in [element, *element.get("options", ())])
    return [one["value"] for one in pressed if "value" in one]


def find_field(view: Json, block_id: str) -> tuple[Json, Json]:
    for block in view["blocks"]:
        if block.get("block_id", "").split("@")[0] == block_id:
            return block, block.get("element") or block["accessory"]
    raise AssertionError(f"no field {block_id!r} in {[block.get('block_id') for block in view['blocks']]}")


def read_inputs(form: Json, written: Mapping[str, Json]) -> dict[str, Any]:
    """What stands in the inputs of these parameters, as the config's types want it."""
    texts = {
        block["block_id"].rpartition("@")[0]: block["element"]["initial_value"]
        for block in form["blocks"]
        if block["type"] == "input" and "initial_value" in block["element"]
    }
    return {
        name: int(texts[name]) if one["type"] == "integer" else texts[name]
        for name, one in written.items()
        if name in texts
    }
