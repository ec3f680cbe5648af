"""Block elements: what people press, choose and fill in (slack docs: block elements)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.block_kit.rich_text import RICH_TEXT
from sandbox.slack.block_kit.texts import (
    CONFIRM,
    ID,
    MARKED_OPTION,
    OPTION,
    OPTION_GROUP,
    SLACK_FILE,
    STYLE,
    URL,
    plain_text,
)
from sandbox.slack.block_kit.validators import (
    SchemaProblem,
    Validator,
    exactly_one,
    flag,
    many,
    number,
    record,
    string,
    typed_record,
    word,
)

LABEL = string(75)
PLACEHOLDER = plain_text(150)
_ASK = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
_CHOOSE = {**_ASK, "placeholder": PLACEHOLDER}
_CHOOSE_MANY = {**_CHOOSE, "max_selected_items": number(1)}
_TYPE_IN = {
    "action_id": ID,
    "focus_on_load": flag,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": record(
        {"trigger_actions_on": many(word("on_enter_pressed", "on_character_entered"), 2)},
    ),
}
_OPTIONS = {"options": many(OPTION, 100), "option_groups": many(OPTION_GROUP, 100)}
_FILTER = record(
    {
        "include": many(word("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_CONVERSATIONS = {"default_to_current_conversation": flag, "filter": _FILTER}
_DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
_TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")


def _starts_within_options(select: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    """Exactly one source of options, and the initial choice is one of them."""
    if "option_groups" in select or select["type"].endswith("static_select"):
        yield from exactly_one("options", "option_groups")(select, at)
    known = list_options(select)
    if "initial_option" in select and select["initial_option"] not in known:
        yield SchemaProblem("initial_option must exactly match one of the options", f"{at}/initial_option")
    chosen = select.get("initial_options", [])
    if isinstance(chosen, list) and any(each not in known for each in chosen):
        yield SchemaProblem("initial_options must exactly match the options", f"{at}/initial_options")


def list_options(element: dict[str, Any]) -> list[Any]:
    """Every option of an element, those of its groups too; as lenient as unchecked input needs."""
    groups = element.get("option_groups")
    lists = [group.get("options") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    return [each for options in (element.get("options"), *lists) if isinstance(options, list) for each in options]


def _lengths_in_order(element: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    least, most = element.get("min_length"), element.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield SchemaProblem("min_length must not be greater than max_length", f"{at}/min_length")


def _button(kind: str, **more: Validator) -> dict[str, Validator]:
    fields = {"text": plain_text(75), "action_id": ID, "accessibility_label": LABEL, "confirm": CONFIRM, "style": STYLE}
    return typed_record(kind, fields | more, need="text workflow" if kind == "workflow_button" else "text")


_WORKFLOW_INPUTS = many(record({"name": string(), "value": string()}, need="name value"))
_WORKFLOW_TRIGGER = record({"url": URL, "customizable_input_parameters": _WORKFLOW_INPUTS}, need="url")
_FEEDBACK = record(
    {"text": plain_text(75), "value": string(2000), "accessibility_label": LABEL},
    need="text value",
)

SEERS = many(string(), 10, least=0)
BUTTON = _button("button", url=URL, value=string(2000), visible_to_user_ids=SEERS)
WORKFLOW_BUTTON = _button("workflow_button", workflow=record({"trigger": _WORKFLOW_TRIGGER}, need="trigger"))

SINGLE_SELECTS = {
    **typed_record(
        "static_select",
        {**_CHOOSE, **_OPTIONS, "initial_option": OPTION},
        extra_check=_starts_within_options,
    ),
    **typed_record("external_select", {**_CHOOSE, "initial_option": OPTION, "min_query_length": number(0)}),
    **typed_record("users_select", {**_CHOOSE, "initial_user": string()}),
    **typed_record(
        "conversations_select",
        {**_CHOOSE, **_CONVERSATIONS, "initial_conversation": string(), "response_url_enabled": flag},
    ),
    **typed_record("channels_select", {**_CHOOSE, "initial_channel": string(), "response_url_enabled": flag}),
}
MULTI_SELECTS = {
    **typed_record(
        "multi_static_select",
        {**_CHOOSE_MANY, **_OPTIONS, "initial_options": many(OPTION, 100)},
        extra_check=_starts_within_options,
    ),
    **typed_record(
        "multi_external_select",
        {**_CHOOSE_MANY, "initial_options": many(OPTION, 100), "min_query_length": number(0)},
    ),
    **typed_record("multi_users_select", {**_CHOOSE_MANY, "initial_users": many(string())}),
    **typed_record(
        "multi_conversations_select", {**_CHOOSE_MANY, **_CONVERSATIONS, "initial_conversations": many(string())}
    ),
    **typed_record("multi_channels_select", {**_CHOOSE_MANY, "initial_channels": many(string())}),
}
CHOICES = {
    **typed_record(
        "checkboxes",
        {**_ASK, "options": many(MARKED_OPTION, 10), "initial_options": many(MARKED_OPTION, 10)},
        need="options",
        extra_check=_starts_within_options,
    ),
    **typed_record(
        "radio_buttons",
        {**_ASK, "options": many(MARKED_OPTION, 10), "initial_option": MARKED_OPTION},
        need="options",
        extra_check=_starts_within_options,
    ),
    **typed_record("datepicker", {**_CHOOSE, "initial_date": _DATE}),
    **typed_record("timepicker", {**_CHOOSE, "initial_time": _TIME, "timezone": string()}),
}
DATETIME = typed_record("datetimepicker", {**_ASK, "initial_date_time": number(0, 9_999_999_999)})
OVERFLOW = typed_record("overflow", {"action_id": ID, "confirm": CONFIRM, "options": many(OPTION, 5)}, need="options")
IMAGE = typed_record(
    "image",
    {"image_url": URL, "slack_file": SLACK_FILE, "alt_text": string(2000)},
    need="alt_text",
    extra_check=exactly_one("image_url", "slack_file"),
)
RICH_TEXT_INPUT = typed_record(
    "rich_text_input",
    {**_TYPE_IN, "initial_value": RICH_TEXT, "min_lines": number(1, 100), "max_lines": number(1, 100)},
)
TEXT_INPUTS = {
    **typed_record(
        "plain_text_input",
        {
            **_TYPE_IN,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        extra_check=_lengths_in_order,
    ),
    **typed_record("email_text_input", {**_TYPE_IN, "initial_value": string()}),
    **typed_record("url_text_input", {**_TYPE_IN, "initial_value": string()}),
    **typed_record(
        "number_input",
        {
            **_TYPE_IN,
            "is_decimal_allowed": flag,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
        },
        need="is_decimal_allowed",
    ),
}
FILE_INPUT = typed_record("file_input", {"action_id": ID, "filetypes": many(string()), "max_files": number(1, 10)})
FEEDBACK = {
    **typed_record(
        "feedback_buttons",
        {"action_id": ID, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        need="positive_button negative_button",
    ),
    **typed_record(
        "icon_button",
        {
            "action_id": ID,
            "icon": string(),
            "text": plain_text(),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": LABEL,
            "visible_to_user_ids": SEERS,
        },
        need="icon text",
    ),
}

CHOOSERS = {**SINGLE_SELECTS, **MULTI_SELECTS, **CHOICES, **OVERFLOW}
IN_ACTIONS = {**CHOOSERS, **BUTTON, **WORKFLOW_BUTTON, **DATETIME, **RICH_TEXT_INPUT}
IN_SECTION = {**CHOOSERS, **BUTTON, **WORKFLOW_BUTTON, **IMAGE}
IN_INPUT = {**SINGLE_SELECTS, **MULTI_SELECTS, **CHOICES, **DATETIME, **RICH_TEXT_INPUT, **TEXT_INPUTS, **FILE_INPUT}
