"""Checks whole messages and views: each block by its table, then limits over all blocks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.slack.block_kit.block_tree import iter_blocks, iter_elements, iter_strings
from sandbox.slack.block_kit.block_types import MOST_BLOCKS, ON_SURFACE
from sandbox.slack.block_kit.texts import ID, plain_text
from sandbox.slack.block_kit.validators import SchemaProblem, Validator, by_type, flag, many, string, typed_record

MOST_ATTACHMENTS = 100
MOST_MARKDOWN = 12_000
# Undocumented; observed as msg_blocks_too_long (bolt-js issue 2487 and others).
MOST_BLOCK_TEXT = 13_200
MOST_VIEW_BYTES = 250_000
# How many of one kind a message takes; other kinds are not counted.
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
# Characters over the cells of all tables of one kind (slack docs: table block, data table block).
MOST_CELL_TEXT = {"table": 10_000, "data_table": 20_000}

_VIEW_IDS = {"callback_id": ID, "external_id": ID, "private_metadata": string(3000)}
_MODAL_PARTS = {
    "title": plain_text(24),
    "submit": plain_text(24),
    "close": plain_text(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
}


def _blocks_on(surface: str) -> Validator:
    return many(by_type(ON_SURFACE[surface]), MOST_BLOCKS[surface], least=0)


_MESSAGE_BLOCKS = _blocks_on("message")
_VIEW = by_type(
    {
        **typed_record("modal", {**_VIEW_IDS, **_MODAL_PARTS, "blocks": _blocks_on("modal")}, need="title blocks"),
        **typed_record("home", {**_VIEW_IDS, "blocks": _blocks_on("home")}, need="blocks"),
    },
)


def list_message_problems(blocks: Any, at: str = "/blocks") -> list[SchemaProblem]:
    """Slack's errors about the blocks of a message; none when it accepts them."""
    problems = list(_MESSAGE_BLOCKS(blocks, at))
    if not isinstance(blocks, list):
        return problems
    together = (*_repeated_ids(blocks, at), *_too_many_of_a_kind(blocks, at), *_too_much_markdown(blocks, at))
    return [*problems, *together, *_too_much_in_tables(blocks, at), *_only_in_modals(blocks, at)]


def list_attachment_problems(attachments: Any) -> list[SchemaProblem]:
    """The same for attachments, whose own fields are legacy and taken as they come."""
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        return [SchemaProblem("must provide an array of objects", "/attachments")]
    return [
        problem
        for index, attachment in enumerate(attachments)
        if "blocks" in attachment
        for problem in list_message_problems(attachment["blocks"], f"/attachments/{index}/blocks")
    ]


def list_view_problems(view: Any) -> list[SchemaProblem]:
    """Slack's errors about a modal or a home tab."""
    problems = list(_VIEW(view, "/view"))
    blocks = view.get("blocks") if isinstance(view, dict) else None
    if not isinstance(blocks, list):
        return problems
    at_home = _only_in_modals(blocks, "/view/blocks") if view.get("type") == "home" else ()
    together = (*_repeated_ids(blocks, "/view/blocks"), *_too_much_in_tables(blocks, "/view/blocks"))
    return [*problems, *together, *_nothing_to_submit_with(view), *at_home]


def count_text(blocks: list[dict[str, Any]]) -> int:
    """The number of characters of all texts, which Slack limits too."""
    return sum(len(text) for text in iter_strings(blocks))


def count_view_bytes(view: Any) -> int:
    return len(json.dumps(view, separators=(",", ":")).encode())


def _repeated_ids(blocks: list[Any], at: str) -> Iterator[SchemaProblem]:
    """block_id is unique in the message or view, action_id in its block."""
    seen: set[str] = set()
    for block, pointer in iter_blocks(blocks, at):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield SchemaProblem(f'`block_id` "{block_id}" already exists for another block', f"{pointer}/block_id")
        seen.add(str(block_id))
        yield from _repeated_action_ids(block, pointer)


def _repeated_action_ids(block: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    seen: set[str] = set()
    for element, pointer in iter_elements(block):
        action_id = element.get("action_id")
        if isinstance(action_id, str) and action_id in seen:
            yield SchemaProblem(
                f'`action_id` "{action_id}" already exists for another element',
                f"{at}{pointer}/action_id",
            )
        seen.add(str(action_id))


def _too_many_of_a_kind(blocks: list[Any], at: str) -> Iterator[SchemaProblem]:
    kinds = Counter(str(block.get("type")) for block, _ in iter_blocks(blocks))
    for kind, most in MOST_OF_A_KIND.items():
        if kinds[kind] > most:
            yield SchemaProblem(f"no more than {most} {kind} blocks allowed", at)


def _too_much_markdown(blocks: list[Any], at: str) -> Iterator[SchemaProblem]:
    total = sum(len(str(block.get("text"))) for block, _ in iter_blocks(blocks) if block.get("type") == "markdown")
    if total > MOST_MARKDOWN:
        yield SchemaProblem(f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters in all", at)


def _too_much_in_tables(blocks: list[Any], at: str) -> Iterator[SchemaProblem]:
    for kind, most in MOST_CELL_TEXT.items():
        tables = [block.get("rows") for block, _ in iter_blocks(blocks) if block.get("type") == kind]
        if sum(len(text) for text in iter_strings(tables)) > most:
            yield SchemaProblem(f"cells of {kind} blocks must be less than {most + 1} characters in all", at)


def _only_in_modals(blocks: list[Any], at: str) -> Iterator[SchemaProblem]:
    """Files are uploaded in modals alone (slack docs: file input element)."""
    for block, pointer in iter_blocks(blocks, at):
        for element, inside in iter_elements(block):
            if element.get("type") == "file_input":
                yield SchemaProblem("unsupported type: file_input", f"{pointer}{inside}/type")


def _nothing_to_submit_with(view: dict[str, Any]) -> Iterator[SchemaProblem]:
    has_input = any(block.get("type") == "input" for block, _ in iter_blocks(view["blocks"]))
    if view.get("type") == "modal" and has_input and "submit" not in view:
        yield SchemaProblem("`submit` is a required field when an `input` block is within the blocks array", "/view")
