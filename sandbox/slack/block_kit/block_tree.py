"""Walks blocks: finds interactive elements and their JSON pointers, and gives ids to those without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]

_WITHOUT_ACTION = {"image", "plain_text", "mrkdwn"}


def iter_blocks(blocks: list[Block], at: str = "") -> Iterator[tuple[Block, str]]:
    """Every block with its JSON pointer, those inside containers and carousels too."""
    for index, block in enumerate(blocks):
        if isinstance(block, dict):
            yield block, f"{at}/{index}"
            for inside in ("child_blocks", "elements"):
                if block.get("type") in {"container", "carousel"} and isinstance(block.get(inside), list):
                    yield from iter_blocks(block[inside], f"{at}/{index}/{inside}")


def iter_elements(block: Block) -> Iterator[tuple[Element, str]]:
    """The interactive elements that belong to this block itself, each with its pointer inside the block."""
    for name in ("element", "accessory"):
        if _is_interactive(block.get(name)):
            yield block[name], f"/{name}"
    for name in ("elements", "actions"):
        listed = block.get(name)
        if block.get("type") in {"actions", "context_actions", "card"} and isinstance(listed, list):
            yield from ((each, f"/{name}/{index}") for index, each in enumerate(listed) if _is_interactive(each))


def find_element(blocks: list[Block], block_id: str, action_id: str) -> tuple[Block, Element] | None:
    """The element with these ids; None when it is not there (any more)."""
    for block, _ in iter_blocks(blocks):
        if block.get("block_id") == block_id:
            for element, _ in iter_elements(block):
                if element.get("action_id") == action_id:
                    return block, element
    return None


def assign_ids(blocks: list[Block], new_id: Callable[[], str]) -> None:
    """Give every block and every interactive element an id, as Slack does where the app gave none."""
    for block, _ in iter_blocks(blocks):
        block.setdefault("block_id", new_id())
        for element, _ in iter_elements(block):
            element.setdefault("action_id", new_id())


def iter_strings(value: Any, key: str = "text") -> Iterator[str]:
    """Every string under a key of this name, however deep."""
    if isinstance(value, list):
        for each in value:
            yield from iter_strings(each, key)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == key and isinstance(each, str):
                yield each
            else:
                yield from iter_strings(each, key)


def _is_interactive(element: Any) -> bool:
    return isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION
