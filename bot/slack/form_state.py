"""A form as its person left it: the blocks that Slack shows, with what was typed and chosen as their first values.

So it can be shown again when Slack or CircleCI is down, and without knowing which form it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import account_blocks, kit, variable_blocks
from bot.command import Modal

Json = dict[str, Any]

_SECRET = {account_blocks.TOKEN, variable_blocks.VALUE}
"""What is secret is typed again: no view that we send holds it."""


def build_filled_form(view: Mapping[str, Any]) -> Modal | None:
    """None for what is no form of ours."""
    title, submit, blocks = view.get("title"), view.get("submit"), view.get("blocks")
    if not (title and submit and blocks):
        return None
    state = (view.get("state") or {}).get("values") or {}
    return Modal(
        title["text"], (), submit=submit["text"], original_blocks=[_fill_block(block, state) for block in blocks]
    )


def _fill_block(block: Json, state: Mapping[str, Any]) -> Json:
    element, block_id = block.get("element"), block.get("block_id")
    if not isinstance(element, dict) or not isinstance(block_id, str):
        return block
    entered = (state.get(block_id) or {}).get(element.get("action_id"))
    if entered is None or block_id in _SECRET:
        return block
    bare = {name: value for name, value in element.items() if not name.startswith("initial_")}
    return {**block, "element": bare | _build_initial_values(element, entered)}


def _build_initial_values(element: Json, entered: Mapping[str, Any]) -> Json:
    """`selected_options` are the `initial_options`, and so on. Slack takes no empty ones."""
    said = {f"initial_{name.removeprefix('selected_')}": value for name, value in entered.items() if value}
    for name in said.keys() & {"initial_option", "initial_options"}:
        said[name] = _match_options(element, said[name])
    return said


def _match_options(element: Json, chosen: Any) -> Any:
    """The options as the menu has them: Slack wants them exactly alike. A typeahead has none, and takes any."""
    if isinstance(chosen, list):
        return [_match_options(element, one) for one in chosen]
    value = chosen["value"]
    typed = kit.option((chosen.get("text") or {}).get("text") or value, value).to_dict()
    return next((one for one in _get_options(element) if one.get("value") == value), typed)


def _get_options(element: Json) -> list[Json]:
    """Those of its groups, where it has any."""
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options") or ()]


def set_focus(blocks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The form, with the cursor in the first input that nothing fills yet, unless it says itself where it is to be."""
    inputs = [block for block in blocks if block.get("type") == "input"]
    empty = (block for block in inputs if not any(name.startswith("initial_") for name in block["element"]))
    first = next(empty, None)
    if first is None or any(block["element"].get("focus_on_load") for block in inputs):
        return list(blocks)
    focused = {**first, "element": {**first["element"], "focus_on_load": True}}
    return [focused if block is first else block for block in blocks]
