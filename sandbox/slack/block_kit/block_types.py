"""The blocks, each with its fields and its numbers (slack docs: blocks), and which of them a surface takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.block_kit.chart_blocks import DATA_TABLE, DATA_VISUALIZATION, TABLE
from sandbox.slack.block_kit.element_types import BUTTON, FEEDBACK, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.slack.block_kit.rich_text import RICH_TEXT, RICH_TEXT_BLOCK
from sandbox.slack.block_kit.texts import ID, SLACK_FILE, URL, mrkdwn, plain_text, text
from sandbox.slack.block_kit.validators import (
    SchemaProblem,
    Validator,
    any_schema,
    by_type,
    exactly_one,
    flag,
    many,
    string,
    typed_record,
    word,
)


def _text_or_fields(section: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    if "text" not in section and "fields" not in section:
        yield SchemaProblem("must define either text or fields", at)


def _text_object_types() -> dict[str, Validator]:
    return {"plain_text": plain_text(), "mrkdwn": mrkdwn()}


_ALERT_LEVELS = word("default", "info", "warning", "error", "success")
_TASK_STATUS = word("pending", "in_progress", "complete", "error")
URL_SOURCE = by_type(typed_record("url", {"url": URL, "text": string()}, need="url text"))

SECTION = typed_record(
    "section",
    {
        "block_id": ID,
        "text": text(3000),
        "fields": many(text(2000), 10),
        "accessory": any_schema(by_type(IN_SECTION)),
        "expand": flag,
    },
    extra_check=_text_or_fields,
)
HEADER = typed_record("header", {"block_id": ID, "text": plain_text(150)}, need="text")
DIVIDER = typed_record("divider", {"block_id": ID})
ACTIONS = typed_record(
    "actions", {"block_id": ID, "elements": many(any_schema(by_type(IN_ACTIONS)), 25)}, need="elements"
)
CONTEXT = typed_record(
    "context",
    {"block_id": ID, "elements": many(any_schema(by_type({**_text_object_types(), **IMAGE})), 10)},
    need="elements",
)
INPUT = typed_record(
    "input",
    {
        "block_id": ID,
        "label": plain_text(2000),
        "hint": plain_text(2000),
        "element": any_schema(by_type(IN_INPUT)),
        "optional": flag,
        "dispatch_action": flag,
    },
    need="label element",
)
IMAGE_BLOCK = typed_record(
    "image",
    {
        "block_id": ID,
        "image_url": URL,
        "slack_file": SLACK_FILE,
        "alt_text": string(2000),
        "title": plain_text(2000),
    },
    need="alt_text",
    extra_check=exactly_one("image_url", "slack_file"),
)
VIDEO = typed_record(
    "video",
    {
        "block_id": ID,
        "alt_text": string(2000),
        "title": plain_text(200),
        "title_url": string(2000),
        "author_name": string(50),
        "provider_name": string(50),
        "provider_icon_url": string(2000),
        "thumbnail_url": URL,
        "video_url": URL,
        "description": plain_text(200),
    },
    need="alt_text title thumbnail_url video_url",
)
FILE = typed_record("file", {"block_id": ID, "external_id": string(), "source": string()}, need="external_id source")
MARKDOWN = typed_record("markdown", {"block_id": ID, "text": string(12_000)}, need="text")
ALERT = typed_record("alert", {"block_id": ID, "text": text(200), "level": _ALERT_LEVELS}, need="text")
CONTEXT_ACTIONS = typed_record(
    "context_actions", {"block_id": ID, "elements": many(by_type(FEEDBACK), 5)}, need="elements"
)
TASK_CARD = typed_record(
    "task_card",
    {
        "block_id": ID,
        "task_id": string(),
        "title": string(),
        "status": _TASK_STATUS,
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": many(URL_SOURCE, least=0),
    },
    need="task_id title status",
)
PLAN = typed_record(
    "plan",
    {"block_id": ID, "title": string(), "tasks": many(by_type(TASK_CARD), 50, least=0)},
    need="title",
)
CARD = typed_record(
    "card",
    {
        "block_id": ID,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "icon": by_type(IMAGE),
        "hero_image": by_type(IMAGE),
        "actions": many(by_type(BUTTON), 3, least=0),
    },
)
CAROUSEL = typed_record("carousel", {"block_id": ID, "elements": many(by_type(CARD), 10)}, need="elements")

_IN_CONTAINER = {
    **ACTIONS,
    **CONTEXT,
    **DIVIDER,
    **FILE,
    **HEADER,
    **IMAGE_BLOCK,
    **INPUT,
    **RICH_TEXT_BLOCK,
    **SECTION,
    **TABLE,
    **VIDEO,
}
CONTAINER = typed_record(
    "container",
    {
        "block_id": ID,
        "title": plain_text(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "icon": by_type(IMAGE),
        "child_blocks": many(by_type(_IN_CONTAINER), 10),
        "width": word("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    need="child_blocks",
)

_EVERYWHERE = {
    **SECTION,
    **HEADER,
    **DIVIDER,
    **ACTIONS,
    **CONTEXT,
    **INPUT,
    **IMAGE_BLOCK,
    **VIDEO,
    **RICH_TEXT_BLOCK,
    **CARD,
}
_NOT_IN_MODALS = {**TABLE, **DATA_TABLE, **DATA_VISUALIZATION, **CAROUSEL, **CONTAINER}

# Which surface takes which block (slack docs: "available in surfaces" of each block).
ON_SURFACE = {
    "message": {**_EVERYWHERE, **_NOT_IN_MODALS, **MARKDOWN, **PLAN, **TASK_CARD, **CONTEXT_ACTIONS, **FILE},
    "modal": {**_EVERYWHERE, **ALERT},
    "home": {**_EVERYWHERE, **_NOT_IN_MODALS},
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
