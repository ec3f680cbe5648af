"""Every number of the maintained list of limits: what keeps it is taken, what is one over is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.block_kit.check import message_problems, view_problems
from tests.sandbox.slack.block_kit import samples

SPECS = Path(__file__).parents[4] / ".." / "shared" / "specs" / "slack"
LIMITS = SPECS / "blockkit_limits.slackblocks-3.0.0.json"

Json = Any
Path_ = tuple[str | int, ...]

# What the list has and Slack's own types do not, or what is not checked on blocks.
ELSEWHERE = {
    "button.agent_prompt.max_length": "not a field of Slack's button",
    "rich_text_list.offset.min": "not a field of Slack's list",
    "message.channel.min_length": "an argument of the Web API",
    "message.attachments.max_items": "checked with the whole message, see test_contents",
    "data_table.content.max_length": "all cells together, see below",
    "data_table.total_content.max_length": "the same",
    "card.subtext.max_length": "not a field of Slack's card",
}
# A limit's subject where it is not the sample of this name itself: limit prefix -> (sample, path).
PLACES: dict[str, tuple[str, Path_]] = {
    "text": ("section", ("text", "text")),
    "action_id": ("button", ("action_id",)),
    "block_id": ("section", ("block_id",)),
    "button.text": ("button", ("text", "text")),
    "confirmation.title": ("button", ("confirm", "title", "text")),
    "confirmation.text": ("button", ("confirm", "text", "text")),
    "confirmation.confirm": ("button", ("confirm", "confirm", "text")),
    "confirmation.deny": ("button", ("confirm", "deny", "text")),
    "option.text": ("overflow", ("options", 0, "text", "text")),
    "option.value": ("overflow", ("options", 0, "value")),
    "option.description": ("overflow", ("options", 0, "description", "text")),
    "option.url": ("overflow", ("options", 0, "url")),
    "option_group.label": ("multi_static_select", ("option_groups", 0, "label", "text")),
    "option_group.options": ("multi_static_select", ("option_groups", 0, "options")),
    "select.placeholder": ("static_select", ("placeholder", "text")),
    "select.options": ("static_select", ("options",)),
    "select.option_groups": ("multi_static_select", ("option_groups",)),
    "select.min_query_length": ("external_select", ("min_query_length",)),
    "file_input.max_files": ("file_input", ("max_files",)),
    "plain_text_input.placeholder": ("plain_text_input", ("placeholder", "text")),
    "email_input.placeholder": ("email_text_input", ("placeholder", "text")),
    "url_input.placeholder": ("url_text_input", ("placeholder", "text")),
    "number_input.placeholder": ("number_input", ("placeholder", "text")),
    "date_picker.placeholder": ("datepicker", ("placeholder", "text")),
    "time_picker.placeholder": ("timepicker", ("placeholder", "text")),
    "rich_text_input.placeholder": ("rich_text_input", ("placeholder", "text")),
    "multi_select.max_selected_items": ("multi_users_select", ("max_selected_items",)),
    "conversation_filter.include": ("conversations_select", ("filter", "include")),
    "dispatch_action_configuration.trigger_actions_on": (
        "plain_text_input",
        ("dispatch_action_config", "trigger_actions_on"),
    ),
    "alert.text": ("alert", ("text", "text")),
    "card.title": ("card", ("title", "text")),
    "card.subtitle": ("card", ("subtitle", "text")),
    "card.body": ("card", ("body", "text")),
    "container.title": ("container", ("title", "text")),
    "container.subtitle": ("container", ("subtitle", "text")),
    "feedback_button.text": ("feedback_buttons", ("positive_button", "text", "text")),
    "feedback_button.value": ("feedback_buttons", ("positive_button", "value")),
    "feedback_button.accessibility_label": ("feedback_buttons", ("positive_button", "accessibility_label")),
    "workflow_button.text": ("workflow_button", ("text", "text")),
    "table.columns": ("table", ("rows", 0)),
    "data_table.columns": ("data_table", ("rows", 0)),
    "data_table.cell_text": ("data_table", ("rows", 0, 0, "text")),
    "data_visualization.segments": ("pie", ("chart", "segments")),
    "data_visualization.segment.label": ("pie", ("chart", "segments", 0, "label")),
    "data_visualization.segment.value": ("pie", ("chart", "segments", 0, "value")),
    "data_visualization.series": ("bar", ("chart", "series")),
    "data_visualization.series_name": ("bar", ("chart", "series", 0, "name")),
    "data_visualization.data": ("bar", ("chart", "series", 0, "data")),
    "data_visualization.point_label": ("bar", ("chart", "series", 0, "data", 0, "label")),
    "data_visualization.categories": ("bar", ("chart", "axis_config", "categories")),
    "data_visualization.category_label": ("bar", ("chart", "axis_config", "categories", 0)),
    "data_visualization.axis_label": ("bar", ("chart", "axis_config", "x_label")),
    "data_visualization.title": ("pie", ("title",)),
    "header.text": ("header", ("text", "text")),
    "image.title": ("image", ("title", "text")),
    "image_element.image_url": ("context", ("elements", 0, "image_url")),
    "image_element.alt_text": ("context", ("elements", 0, "alt_text")),
    "input.label": ("plain_text_input", ("label", "text")),
    "input.hint": ("plain_text_input", ("hint", "text")),
    "rich_text_list.indent": ("rich_text", ("elements", 1, "indent")),
    "rich_text_list.border": ("rich_text", ("elements", 1, "border")),
    "rich_text_preformatted.border": ("rich_text", ("elements", 2, "border")),
    "rich_text_quote.border": ("rich_text", ("elements", 3, "border")),
    "section.text": ("section", ("text", "text")),
    "section.fields": ("section", ("fields",)),
    "section.fields.item": ("section", ("fields", 0, "text")),
    "video.title": ("video", ("title", "text")),
    "video.description": ("video", ("description", "text")),
    "markdown.text": ("markdown", ("text",)),
    "view.title": ("view", ("title", "text")),
    "view.close": ("view", ("close", "text")),
    "view.submit": ("view", ("submit", "text")),
}
_IN_BLOCKS = [*samples.EVERYWHERE, *samples.NOT_IN_MODALS, *samples.MESSAGE_ONLY, *samples.MODAL_ONLY]


def _sample(name: str) -> tuple[Json, Path_]:
    """The block that holds the thing of this name, and where in it that is."""
    if name == "view":
        return samples.MODAL, ()
    for block in (*samples.CHARTS, *_IN_BLOCKS):
        if name in {block["type"], block.get("chart", {}).get("type")}:
            return block, ()
    for block in _IN_BLOCKS:
        if block.get("element", {}).get("type") == name:
            return block, ("element",)
        for index, each in enumerate(block.get("elements", [])):
            if each.get("type") == name:
                return block, ("elements", index)
    raise AssertionError(f"no sample of {name}")


def _place(limit: str) -> tuple[Json, Path_]:
    if limit in PLACES:
        name, path = PLACES[limit]
        block, inside = _sample(name)
        is_of_block = inside == ("element",) and path[0] in {"label", "hint"}
        return block, path if is_of_block else (*inside, *path)
    name, _, field = limit.partition(".")
    block, inside = _sample(name)
    return block, (*inside, field)


def _with(block: Json, path: Path_, value: Json) -> Json:
    changed = copy.deepcopy(block)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


def _many(items: Json, count: int) -> Json:
    """The first item so many times; ids stay unique."""
    copies = [copy.deepcopy(items[0]) for _ in range(count)]
    for index, each in enumerate(copies):
        for key in {"action_id", "block_id"} & (each.keys() if isinstance(each, dict) else set()):
            each[key] = f"{each[key]}{index}"
    return copies


def _value(block: Json, path: Path_, rule: str, number: float) -> Json:
    if rule.endswith("_length"):
        return "x" * int(number)
    if rule.endswith("_items"):
        current = block
        for step in path:
            current = current[step]
        return _many(current, int(number))
    return number


def _refused(block: Json, limit: str) -> bool:
    if limit.startswith("view."):
        return bool(view_problems(block))
    if block["type"] == "alert" or block.get("element", {}).get("type") == "file_input":
        return bool(view_problems({**samples.MODAL, "blocks": [block]}))
    return bool(message_problems([block]))


def _limits() -> list[tuple[str, float]]:
    if not LIMITS.is_file():
        return []
    limits: dict[str, float] = json.loads(LIMITS.read_text(encoding="utf-8"))
    return [(key, number) for key, number in limits.items() if key not in ELSEWHERE and not _is_of_message(key)]


def _is_of_message(key: str) -> bool:
    return key.startswith("message.") or key in {"view.blocks.max_items", "markdown.total_text.max_length"}


@pytest.mark.skipif(not LIMITS.is_file(), reason="the list of limits is not beside this checkout")
def test_the_list_of_limits_is_there_in_full() -> None:
    assert len(_limits()) > 130


@pytest.mark.parametrize(("key", "number"), _limits(), ids=str)
def test_the_limit_itself_is_taken_and_one_beyond_is_not(key: str, number: float) -> None:
    place, _, rule = key.rpartition(".")
    if rule == "item_max_length":
        place, rule = f"{place}.item", "max_length"
    block, path = _place(place)
    beyond = number + 1 if "max" in rule else number - 1
    if rule != "exclusive_min":
        assert not _refused(_with(block, path, _value(block, path, rule, number)), key)
    else:
        beyond = number
    if beyond >= 0 or not rule.endswith(("_length", "_items")):
        assert _refused(_with(block, path, _value(block, path, rule, beyond)), key)


def test_a_message_takes_fifty_blocks_and_views_a_hundred() -> None:
    lines = [{"type": "divider"}] * 101
    assert message_problems(lines[:50]) == []
    assert [str(each) for each in message_problems(lines[:51])] == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]
    for view in (samples.MODAL, samples.HOME):
        assert view_problems({**view, "blocks": lines[:100]}) == []
        assert view_problems({**view, "blocks": lines}) != []


def test_the_cells_of_a_data_table_are_counted_together() -> None:
    def table(length: int) -> Json:
        row = [{"type": "raw_text", "text": "x" * length}]
        return {"type": "data_table", "caption": "Runs", "rows": [row, row]}

    assert message_problems([table(10_000)]) == []
    assert [each.pointer for each in message_problems([table(10_001)])] == ["/blocks/0/rows"]
