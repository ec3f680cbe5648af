from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.block_kit.check import (
    count_text,
    list_attachment_problems,
    list_message_problems,
    list_view_problems,
)
from tests.sandbox.slack.block_kit.samples import BUTTON, MODAL, OPTION, OTHER, plain

Json = dict[str, Any]


def said(blocks: Any) -> list[str]:
    return [str(problem) for problem in list_message_problems(blocks)]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_a_long_text_is_named_with_its_pointer_as_slack_does() -> None:
    assert said([{"type": "divider"}, section("x" * 3001)]) == [
        "failed to match all allowed schemas [json-pointer:/blocks/1/text]",
        "must be less than 3001 characters [json-pointer:/blocks/1/text/text]",
    ]


def test_an_empty_text_is_too_short() -> None:
    assert "must be more than 0 characters [json-pointer:/blocks/0/text/text]" in said([section("")])


def test_a_header_is_plain() -> None:
    header = {"type": "header", "text": {"type": "mrkdwn", "text": "*no*"}}
    assert said([header]) == ["unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"]


def test_an_unknown_block_type_is_unsupported() -> None:
    assert said([{"type": "marquee"}]) == ["unsupported type: marquee [json-pointer:/blocks/0/type]"]
    assert said([{"text": "?"}]) == ["missing required field: type [json-pointer:/blocks/0]"]


def test_a_field_that_a_block_does_not_have_is_refused() -> None:
    assert said([{"type": "divider", "colour": "red"}]) == [
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ]


def test_a_section_needs_text_or_fields() -> None:
    assert said([{"type": "section"}]) == ["must define either text or fields [json-pointer:/blocks/0]"]


def test_an_element_stands_only_where_it_may() -> None:
    typed = {"type": "plain_text_input", "action_id": "a"}
    problems = said([{"type": "actions", "elements": [typed]}])
    assert "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]" in problems


def test_a_block_stands_only_on_its_surface() -> None:
    alert = {"type": "alert", "text": plain()}
    assert said([alert]) == ["unsupported type: alert [json-pointer:/blocks/0/type]"]
    assert list_view_problems({**MODAL, "blocks": [alert]}) == []
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert [each.pointer for each in list_view_problems({**MODAL, "blocks": [table]})] == ["/view/blocks/0/type"]


def test_a_select_has_options_or_groups_and_not_both() -> None:
    select: Json = {"type": "static_select", "options": [OPTION], "option_groups": []}
    block = {"type": "actions", "elements": [select]}
    assert any("must provide exactly one of: options, option_groups" in each for each in said([block]))


def test_what_is_chosen_at_first_is_one_of_the_options() -> None:
    select = {"type": "static_select", "options": [OPTION], "initial_option": OTHER}
    problems = said([{"type": "actions", "elements": [select]}])
    assert any(each.startswith("initial_option must exactly match") for each in problems)


def test_a_block_id_is_unique_in_its_message() -> None:
    assert said([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]) == [
        '`block_id` "a" already exists for another block [json-pointer:/blocks/1/block_id]',
    ]


def test_an_action_id_is_unique_in_its_block_and_may_return_in_another() -> None:
    twice = {"type": "actions", "elements": [BUTTON, BUTTON]}
    assert said([twice]) == [
        '`action_id` "button" already exists for another element [json-pointer:/blocks/0/elements/1/action_id]',
    ]
    once = {"type": "actions", "elements": [BUTTON]}
    assert said([once, once]) == []


def test_a_message_has_one_table_and_two_charts_at_most() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert said([table]) == []
    assert said([table, table]) == ["no more than 1 table blocks allowed [json-pointer:/blocks]"]
    chart = {"type": "data_visualization", "title": "t"}
    chart["chart"] = {"type": "pie", "segments": [{"label": "a", "value": 1}]}  # type: ignore[assignment] # a dict of dicts
    assert said([chart] * 2) == []
    assert said([chart] * 3) == ["no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"]


def test_every_series_of_a_chart_has_one_point_for_each_category() -> None:
    axes = {"categories": ["Mon", "Tue"]}
    points = [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 2}]

    def draw(*series: Json) -> list[str]:
        chart = {"type": "line", "series": list(series), "axis_config": axes}
        return said([{"type": "data_visualization", "title": "t", "chart": chart}])

    assert draw({"name": "web", "data": points}, {"name": "api", "data": points}) == []
    assert "one point for each category" in draw({"name": "web", "data": points[:1]})[0]
    assert "one point for each category" in draw({"name": "web", "data": points[::-1]})[0]
    assert "must be unique" in draw({"name": "web", "data": points}, {"name": "web", "data": points})[0]


def test_all_markdown_of_a_message_is_counted_together() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert said([half, half]) == []
    assert said([half, half, {"type": "markdown", "text": "x"}]) == [
        "markdown blocks must be less than 12001 characters in all [json-pointer:/blocks]",
    ]


def test_a_modal_with_an_input_needs_something_to_submit_with() -> None:
    field = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
    modal = {"type": "modal", "title": plain(), "blocks": [field]}
    assert [str(each) for each in list_view_problems(modal)] == [
        "`submit` is a required field when an `input` block is within the blocks array [json-pointer:/view]",
    ]
    assert list_view_problems({**modal, "submit": plain("Go")}) == []


def test_the_texts_of_a_view_are_short() -> None:
    problems = list_view_problems({**MODAL, "title": plain("x" * 25)})
    assert [str(each) for each in problems] == ["must be less than 25 characters [json-pointer:/view/title/text]"]


def test_files_are_taken_in_modals_alone() -> None:
    field = {"type": "input", "label": plain(), "element": {"type": "file_input", "action_id": "f"}}
    assert said([field]) == ["unsupported type: file_input [json-pointer:/blocks/0/element/type]"]
    assert list_view_problems({**MODAL, "blocks": [field]}) == []


def test_blocks_of_attachments_are_checked_where_they_are() -> None:
    problems = list_attachment_problems([{"color": "#fff", "blocks": [section("x" * 3001)]}])
    assert problems[-1].pointer == "/attachments/0/blocks/0/text/text"


@pytest.mark.parametrize("blocks", [7, "[]", [7], {"type": "divider"}])
def test_what_is_no_list_of_blocks_is_refused(blocks: Any) -> None:
    assert said(blocks) != []


def test_all_text_of_blocks_is_counted() -> None:
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": "abc"}, {"type": "plain_text", "text": "de"}]}
    assert count_text([section("fgh"), fields, {"type": "markdown", "text": "ij"}]) == 10
