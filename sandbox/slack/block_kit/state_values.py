"""The `state.values` of messages and views: what people typed and chose, and the checks before a submission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.slack.block_kit.block_tree import iter_blocks, iter_elements
from sandbox.slack.block_kit.element_types import list_options

Value = dict[str, Any]
Values = dict[str, dict[str, Value]]

# Element type -> (the field of its state, the field that starts it). Buttons and overflow menus keep no state.
STATE_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
_OWN_OPTIONS = {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"}


class OptionNotOffered(Exception):
    """A person chose a value that the element does not offer."""


def build_initial_values(blocks: list[dict[str, Any]], typed: Values | None = None) -> Values:
    """The state of freshly shown blocks; what was typed before stays where ids and type are the same."""
    values: Values = {}
    for block, _ in iter_blocks(blocks):
        for element, _ in iter_elements(block):
            if element["type"] in STATE_FIELDS:
                before = (typed or {}).get(block["block_id"], {}).get(element["action_id"])
                kept = before if before and before["type"] == element["type"] else _starting(element)
                values.setdefault(block["block_id"], {})[element["action_id"]] = kept
    return values


def _starting(element: Mapping[str, Any]) -> Value:
    field, initial = STATE_FIELDS[element["type"]]
    nothing: list[Any] | None = [] if field.endswith("s") else None
    return {"type": element["type"], field: element.get(initial, nothing)}


def build_value(element: Mapping[str, Any], given: Mapping[str, Any]) -> Value:
    """The state of an element after somebody chose or typed `given`. Raises OptionNotOffered for an unknown option."""
    kind = element["type"]
    field = "selected_option" if kind == "overflow" else STATE_FIELDS[kind][0]
    value = given.get(field)
    if value == "":
        value = None
    if kind in _OWN_OPTIONS:
        value = _find_options(element, value)
    return {"type": kind, field: value}


def _find_options(element: Mapping[str, Any], value: Any) -> Any:
    """The element's own option objects, by value."""
    if value is None:
        return None
    known = {each["value"]: each for each in list_options(dict(element))}
    wanted = [value] if isinstance(value, dict) else value
    if not all(isinstance(each, dict) and each.get("value") in known for each in wanted):
        raise OptionNotOffered(element.get("action_id", ""))
    options = [known[each["value"]] for each in wanted]
    return options[0] if isinstance(value, dict) else options


def list_form_errors(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """The errors that Slack's client shows before it sends a form: block_id -> sentence."""
    errors: dict[str, str] = {}
    for block, _ in iter_blocks(blocks):
        if block["type"] == "input":
            element = block["element"]
            value = values[block["block_id"]][element["action_id"]][STATE_FIELDS[element["type"]][0]]
            complaint = _complaint(element, value, optional=block.get("optional", False))
            if complaint:
                errors[block["block_id"]] = complaint
    return errors


def _complaint(element: Mapping[str, Any], value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        return _length_complaint(element, value)
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", value, re.IGNORECASE):
        return "Please enter a valid URL."
    return _count_complaint(element, value)


def _length_complaint(element: Mapping[str, Any], value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters long."
    if len(value) > element.get("max_length", 3000):
        return f"Must be at most {element.get('max_length', 3000)} characters long."
    return None


def _number_complaint(element: Mapping[str, Any], value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Must be {element['max_value']} or less."
    return None


def _count_complaint(element: Mapping[str, Any], value: Any) -> str | None:
    most = element.get("max_selected_items")
    return f"Choose at most {most}." if most and isinstance(value, list) and len(value) > most else None
