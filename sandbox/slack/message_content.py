"""Checks the content of a message, from the Web API, a response_url or an ack."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.block_kit.block_tree import assign_ids, iter_blocks, iter_elements
from sandbox.slack.block_kit.check import (
    MOST_ATTACHMENTS,
    MOST_BLOCK_TEXT,
    MOST_MARKDOWN,
    count_text,
    list_attachment_problems,
    list_message_problems,
)
from sandbox.slack.block_kit.validators import SchemaProblem
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_blocks
from sandbox.slack.ids import Ids

LONGEST_TEXT = 40_000
LONGEST_TEXT_OF_UPDATE = 4_000
# Slack publishes the error and no number; ours is on the generous side.
MOST_METADATA_BYTES = 8_000
# What Slack makes of a message with blocks and no text of its own.
NO_TEXT = "This content can't be displayed."


@dataclass
class MessageContent:
    """What a message says, checked."""

    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None


def parse_content(
    arguments: Mapping[str, Any], ids: Ids, *, updating: bool = False, hides_buttons: bool = True
) -> MessageContent:
    """The checked content of a message. Raises FakeSlackError: no_text, invalid_blocks, msg_too_long and their like."""
    text = str(arguments.get("text") or "")
    blocks = _from_json(arguments.get("blocks"), "invalid_blocks_format") or []
    attachments = _from_json(arguments.get("attachments"), "invalid_attachments") or []
    text, blocks = _with_markdown(arguments.get("markdown_text"), text, blocks)
    if not (text or blocks or attachments):
        raise FakeSlackError("no_text")
    if updating and len(text) > LONGEST_TEXT_OF_UPDATE:
        raise FakeSlackError("msg_too_long")
    _check(blocks, attachments)
    if not hides_buttons and (hidden := list_hidden_buttons(blocks)):
        raise invalid_blocks(hidden)
    blocks, attachments = copy.deepcopy(blocks), copy.deepcopy(attachments)
    for each in (blocks, *(attachment.get("blocks", []) for attachment in attachments)):
        assign_ids(each, lambda: ids.generate_secret()[:5])
    return MessageContent(
        text[:LONGEST_TEXT] or NO_TEXT, blocks, attachments, parse_metadata(arguments.get("metadata"))
    )


def list_hidden_buttons(blocks: list[dict[str, Any]]) -> list[SchemaProblem]:
    """What a workspace refuses in which Slack does not know `visible_to_user_ids`."""
    return [
        SchemaProblem("invalid additional property: visible_to_user_ids", f"{at}{inside}")
        for block, at in iter_blocks(blocks, "/blocks")
        for element, inside in iter_elements(block)
        if "visible_to_user_ids" in element
    ]


def _from_json(value: Any, error: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError as broken:
        raise FakeSlackError(error) from broken


def _with_markdown(markdown: Any, text: str, blocks: Any) -> tuple[str, Any]:
    """`markdown_text` becomes a markdown block; text or blocks beside it are refused."""
    if not markdown:
        return text, blocks
    if text or blocks:
        raise FakeSlackError("markdown_text_conflict")
    if len(str(markdown)) > MOST_MARKDOWN:
        raise FakeSlackError("msg_too_long")
    return str(markdown), [{"type": "markdown", "text": str(markdown)}]


def _check(blocks: Any, attachments: Any) -> None:
    problems = list_message_problems(blocks) if blocks else []
    problems += list_attachment_problems(attachments) if attachments else []
    if problems:
        raise invalid_blocks(problems)
    if len(attachments) > MOST_ATTACHMENTS:
        raise FakeSlackError("too_many_attachments")
    if count_text(blocks) > MOST_BLOCK_TEXT:
        raise FakeSlackError("msg_blocks_too_long")


def parse_metadata(value: Any) -> dict[str, Any] | None:
    """{"event_type", "event_payload"} (slack docs: message metadata); flat values, or flat objects and arrays."""
    metadata = _from_json(value, "invalid_metadata_format")
    if metadata in (None, {}):
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise FakeSlackError("invalid_metadata_format")
    if not metadata.get("event_type") or metadata.keys() - {"event_type", "event_payload", "entities"}:
        raise FakeSlackError("invalid_metadata_schema")
    if not all(_is_flat(each, deeper=1) for each in metadata["event_payload"].values()):
        raise FakeSlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA_BYTES:
        raise FakeSlackError("metadata_too_large")
    return metadata


def _is_flat(value: Any, *, deeper: int) -> bool:
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return deeper > 0 and all(_is_flat(each, deeper=deeper - 1) for each in inside)
    return True
