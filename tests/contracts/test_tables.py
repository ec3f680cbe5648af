"""The tables against the documents that they are made of, where these are present; and the reader, in any case."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from tests.contracts import circleci, slack
from tests.contracts.make import DOCUMENTS, TABLES, differences
from tests.contracts.making.correcting import correct
from tests.contracts.making.schemas import shape_of
from tests.contracts.making.writing import written
from tests.contracts.shapes import LOADER, Shapes, table
from tests.plugins.each_case import each_case

with_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not beside this checkout")

SOURCES = set("DSCWRI")
CONTRADICTORY = {"PUT /context/{context_id}/environment-variable/{env_var_name}"}
"""The document closes the alternatives from outside, so that read to the letter it allows no answer at all."""


@with_documents
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_documents_say_but_for_its_corrections(name: str) -> None:
    assert list(differences(name, DOCUMENTS)) == [], "run: python -m tests.contracts.make FOLDER"


@with_documents
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_it_was_made(name: str) -> None:
    body, _marks = TABLES[name](DOCUMENTS, table(name))
    assert {section: table(name)[section] for section in body} == body


@with_documents
@pytest.mark.parametrize("full", [True, False], ids=["everything", "the least"])
def test_what_the_tables_give_as_an_answer_the_document_allows(*, full: bool) -> None:
    """A second reading, by jsonschema alone: no code is shared with the making of the table."""
    document = json.loads((DOCUMENTS / "circleci-openapi.json").read_text(encoding="utf-8"))
    corrected = CONTRADICTORY | {
        row["at"] for row in circleci.TABLE["corrections"] if row.keys() & {"spelled", "is", "also", "adds"}
    }
    held = 0
    for name, operation in _untouched(corrected):
        method, path = name.split()
        for status in operation.answers():
            response = document["paths"][path][method.lower()]["responses"][str(status)]
            schema = response["content"]["application/json"]["schema"]
            readable = jsonschema.Draft7Validator(
                {**_with_nulls(schema), "components": _with_nulls(document["components"])}
            )
            readable.validate(operation.sample(full=full, status=status))
            held += 1
    assert held > 50


def _untouched(corrected: set[str]) -> list[tuple[str, circleci.Operation]]:
    found = [(name, circleci.Operation(*name.split())) for name in circleci.OPERATIONS]
    return [
        (name, one) for name, one in found if not ({name} | circleci.named_in(circleci.OPERATIONS[name])) & corrected
    ]


def _with_nulls(schema: Any) -> Any:
    """OpenAPI's two ways to say that something may be null, as JSON Schema says it."""
    if isinstance(schema, list):
        return [_with_nulls(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    read = {key: _with_nulls(inner) for key, inner in schema.items()}
    return {"anyOf": [read, {"type": "null"}]} if True in (schema.get("x-nullable"), schema.get("nullable")) else read


@each_case("name", TABLES)
def test_every_correction_says_who_has_seen_it_and_why(name: str) -> None:
    for row in table(name)["corrections"]:
        assert row["source"] in SOURCES
        assert row["why"]


def test_nothing_but_facts_is_copied() -> None:
    """No sentence of a document: a value is a shape, a word, or a list of words."""
    bodies = [value for name in ("circleci", "block_kit", "manifest") for value in table(name)["shapes"].values()]
    assert all(" the " not in word for word in _words(bodies))


def _words(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [word for one in inner for word in _words(one)]
    return [str(value)]


SHAPES = Shapes(
    {
        "Red": {"type!": "= red", "size": "int 1..3"},
        "Blue": {"type!": "= blue", "name!": "text ..3"},
        "Colour": "Red | Blue",
        "Open": {"a!": "time", "*": "any"},
        "Words": {"text!": "text 1..9"},
    },
    open_=False,
)


@each_case(
    ("shape", "good", "bad"),
    [
        ("text 2..3", ["ab", "abc"], ["a", "abcd", 7, None]),
        ("text ~", ["a", None], [1]),
        ("text /^a/", ["ab"], ["ba"]),
        ("int 1..", [1, 9], [0, 1.5, "1"]),
        ("number >0..", [0.5], [0, -1]),
        ("= a | b c ~", ["a", "b c", None], ["b", ""]),
        ("int = 0 | 1", [0, 1], [2, "0"]),
        ("uuid", ["5034460f-c7c4-4c43-9457-de07e2029e7b"], ["5034460f"]),
        ("time", ["2026-11-23T09:00:00.1Z", "2026-11-23T09:00:00+00:00"], ["2026-11-23", "2026-11-23T09:00:00"]),
        ("int | bool", [1, True], ["1"]),
        ("nothing", [None], [0]),
        (["int", "1..2"], [[1], [1, 2]], [[], [1, 2, 3], ["1"], 1]),
        (["int", "..", "unique"], [[], [1, 2]], [[1, 1]]),
        ({"a!": "int", "b": "text"}, [{"a": 1}, {"a": 1, "b": ""}], [{}, {"b": ""}, {"a": 1, "c": 2}]),
        ({"*": "int"}, [{}, {"x": 1}], [{"x": "1"}]),
        ({"or": [{"a!": "int"}, "nothing"]}, [{"a": 1}, None], [{}, "a"]),
        ("Open", [{"a": "2026-11-23T09:00:00Z", "b": 1}], [{"b": 1}]),
        ("Colour", [{"type": "red"}, {"type": "blue", "name": "abc"}], [{}, {"type": "green"}, {"type": "blue"}]),
        ("Red | Blue", [{"type": "red", "size": 3}], [{"type": "red", "size": 4}, {"type": "red", "name": "a"}, 1]),
        ("Words ..4", [{"text": "abcd"}], [{"text": "abcde"}, {"text": ""}]),
    ],
)
def test_a_shape_takes_what_it_says_and_nothing_else(shape: Any, good: list[Any], bad: list[Any]) -> None:
    validator = SHAPES.validator(shape)
    assert all(validator.is_valid(value) for value in good)
    assert [value for value in bad if validator.is_valid(value)] == []


def test_a_word_that_is_no_shape_is_refused() -> None:
    with pytest.raises(KeyError):
        SHAPES.schema("Green")
    with pytest.raises(AssertionError):
        SHAPES.schema("text 1-2")


@each_case(
    ("schema", "shape"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^/"}, "text 1..9 /^//"),
        ({"type": "string", "format": "date-time", "x-nullable": True}, "time~"),
        ({"enum": ["b", "a"], "nullable": True}, "= a | b ~"),
        ({"type": "number", "enum": [0, 1]}, "int = 0 | 1"),
        ({"allOf": [{"type": "integer"}, {"type": "integer", "minimum": 0}]}, "int 0.."),
        ({"anyOf": [{"type": "integer"}, {"$ref": "#/definitions/Red"}]}, "int | Red"),
        ({"type": "array", "items": {"const": "x"}, "maxItems": 3}, ["= x", "..3"]),
        ({"properties": {"b": {"type": "boolean"}, "a": {}}, "required": ["b"]}, {"b!": "bool", "a": "any"}),
        ({"type": "object", "additionalProperties": False}, {"*": "none"}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"*": "int"}),
        ({"type": "object", "properties": {}, "x-nullable": True}, {"or": [{}, "nothing"]}),
    ],
)
def test_a_schema_becomes_a_shape_and_is_written_so_that_it_is_read_again(schema: Any, shape: Any) -> None:
    made = shape_of(schema, lambda ref: ref.rsplit("/", 1)[1], open_=True)
    assert made == shape
    body = {"shapes": {"One": made, "Long": {f"{word}!": made for word in ("on", "null", "two words", "*", "a: b")}}}
    assert yaml.load(written(body, {}), LOADER) == body  # noqa: S506 -- it is a safe one


def test_a_correction_is_marked_where_it_changes_something_and_refused_where_it_does_not() -> None:
    body = {"shapes": {"Job": {"type!": "= a | b", "at!": "time", "old-name": "text"}}}
    rows = [
        {"at": "Job", "is": {"at": "time~"}, "source": "W"},
        {"at": "Job", "also": {"type": ["c"]}, "source": "D"},
        {"at": "Job", "spelled": {"old-name": "old_name"}, "source": "C"},
        {"at": "Red", "to": "shapes", "adds": {"a": "int"}, "source": "R"},
    ]
    text = written(body, correct(rows, body))
    assert body == {"shapes": {"Job": {"type!": "= a | b | c", "at": "time~", "old_name": "text"}, "Red": {"a": "int"}}}
    assert [mark for mark in ("[W]", "[D]", "[C]", "[R]") if mark not in text] == []
    with pytest.raises(AssertionError, match="take the correction away"):
        correct(rows[:1], body)
    with pytest.raises(AssertionError, match="take the correction away"):
        correct(rows[3:], body)


@each_case("full", [True, False], ids=["everything", "the least"])
@each_case("name", circleci.OPERATIONS)
def test_an_example_of_an_answer_is_an_answer(name: str, *, full: bool) -> None:
    operation = circleci.Operation(*name.split())
    for status in operation.answers():
        operation.answer(status).validate(operation.sample(full=full, status=status))


def test_the_methods_keep_what_is_asked_for_apart_from_what_may_be_said() -> None:
    for name, method in slack.METHODS.items():
        assert not method.may & (method.need | method.sdk), name
        assert not method.need & method.sdk, name
