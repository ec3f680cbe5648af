"""An answer is read without what is odd of it, down to the last field and the last member of a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.models import Page, Pipeline, Schedule, TestResult, Workflow
from bot.circleci.models.lenient_reading import ParseIssues, parse_lenient
from tests.plugins.each_case import each_case

Json = Any


def _json(value: Json) -> bytes:
    return json.dumps(value).encode()


def test_what_fits_is_not_odd() -> None:
    _, odd = parse_lenient(Page[Workflow], _json({"items": [{"id": "w-1", "pipeline_number": 7}]}))
    assert odd == ParseIssues()


@pytest.mark.parametrize("key", ["pipeline_number", "pipeline-number"])
def test_a_field_of_another_kind_counts_as_not_said(key: str) -> None:
    page, odd = parse_lenient(Page[Workflow], _json({"items": [{"id": "w-1", "name": "build", key: None}]}))
    assert (page.items[0].name, page.items[0].pipeline_number) == ("build", 0)
    assert odd == ParseIssues(frozenset({f"items.*.{key}"}), 0)


def test_a_field_deep_inside_costs_nothing_around_it() -> None:
    said = {"id": "p-1", "trigger": {"type": "api", "actor": {"login": ["ada"]}}, "vcs": {"branch": {}, "tag": "v1"}}
    pipeline, _ = parse_lenient(Pipeline, _json(said))
    assert (pipeline.trigger_type, pipeline.actor_login, pipeline.ref) == ("api", None, "v1")


def test_an_item_without_what_is_needed_is_left_out_and_counted() -> None:
    page, odd = parse_lenient(
        Page[Workflow], _json({"items": [{"id": "w-1"}, {"id": None}, {"name": "b"}, None, {"id": "w-2"}]})
    )
    assert [workflow.id for workflow in page.items] == ["w-1", "w-2"]
    assert odd.left_out == 3


def test_a_run_time_of_nothing_leaves_the_test_and_its_neighbours() -> None:
    tests = [{"name": "a", "run_time": ""}, {"name": "b", "run_time": 1.5, "result": "failure"}]
    page, odd = parse_lenient(Page[TestResult], _json({"items": tests}))
    assert [(test.name, test.run_time) for test in page.items] == [("a", None), ("b", 1.5)]
    assert odd.left_out == 0


def test_one_odd_parameter_of_a_schedule_leaves_the_others() -> None:
    said = {"id": "s-1", "parameters": {"branch": "main", "odd": {"a": 1}, "deploy": True}, "timetable": None}
    schedule, _ = parse_lenient(Schedule, _json(said))
    assert schedule.parameters == {"branch": "main", "deploy": True}


def test_half_a_character_at_the_end_of_a_text_is_a_question_mark() -> None:
    content = b'{"id": "p-1", "vcs": {"branch": "main", "commit": {"subject": "ship it \\ud83d"}}}'
    pipeline, odd = parse_lenient(Pipeline, content)
    assert (pipeline.subject, odd) == ("ship it ?", ParseIssues())


@each_case("content", [b"", b"<html>", b"null", b"[]", b"{}", b'{"id": null}', b"[" * 5000])
def test_what_lacks_what_is_needed_is_not_read(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"line|missing|nested"):
        parse_lenient(Pipeline, content)


def test_something_else_in_place_of_the_list_is_no_empty_list() -> None:
    with pytest.raises(ValueError, match="missing"):
        parse_lenient(Page[Pipeline], _json({"items": "none"}))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "vcs"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(others=st.lists(anything, max_size=4))
def test_whatever_stands_beside_it_an_item_is_read(others: list[Json]) -> None:
    page, odd = parse_lenient(Page[Pipeline], _json({"items": [*others, {"id": "p-1", "number": 7}, *others]}))
    assert ("p-1", 7) in {(pipeline.id, pipeline.number) for pipeline in page.items}
    assert len(page.items) + odd.left_out == 2 * len(others) + 1


@given(fields=st.dictionaries(st.sampled_from([name for name in Pipeline.model_fields if name != "id"]), anything))
def test_whatever_an_items_fields_hold_it_is_read(fields: dict[str, Json]) -> None:
    assert parse_lenient(Pipeline, _json({"id": "p-1", **fields}))[0].id == "p-1"
