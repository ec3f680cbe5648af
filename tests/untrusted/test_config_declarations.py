"""What a hostile config can make of itself: nothing but what is wanted is kept, and aliases have a budget."""

from __future__ import annotations

import json

from bot.untrusted.config_declarations import MOST_DECLARED, MOST_DEPTH, MOST_OUTPUT_CHARS, read_declarations
from tests.plugins.each_case import each_case


def declared(text: str) -> list[list[object]] | None:
    found, rest = read_declarations(None, text.encode())
    assert rest == b""
    read: list[list[object]] | None = json.loads(json.dumps(found))
    return read


ONE = [["one", "string", "x", [], ""]]


@each_case("opening", ["[", "{a: ", "- ", "? ", "&a [", "!!seq [", "a: [["])
@each_case("place", ["x: %s", "parameters: %s", "x: &anchor %s", "%s"])
def test_what_is_nested_without_an_end_cannot_be_read(place: str, opening: str) -> None:
    assert declared(place % (opening * 100_000)) is None


def test_what_is_nested_as_deep_as_people_nest_is_read() -> None:
    deep = "[" * (MOST_DEPTH - 1) + "]" * (MOST_DEPTH - 1)
    assert declared(f"x: {deep}\nparameters: {{one: {{type: string, default: x}}}}") == ONE
    assert declared(f"x: [{deep}]\nparameters: {{one: {{type: string, default: x}}}}") is None


def test_only_the_parameters_and_what_is_anchored_cost_room() -> None:
    jobs = "".join(f"  job-{number}: {{steps: [run: {{command: x}}]}}\n" for number in range(20_000))
    text = f"jobs:\n{jobs}flag: &flag {{type: boolean}}\nparameters: {{one: *flag, two: {{<<: *flag, default: yes}}}}"
    assert declared(text) == [["one", "boolean", None, [], ""], ["two", "boolean", True, [], ""]]


def test_more_parameters_than_anybody_declares_cannot_be_read() -> None:
    def flat(count: int) -> str:
        return "parameters:\n" + "".join(f"  p{number}: {{type: string}}\n" for number in range(count))

    assert len(declared(flat(MOST_DECLARED)) or ()) == MOST_DECLARED
    assert declared(flat(MOST_DECLARED + 1)) is None
    assert declared(flat(70_000)) is None


WIDE = "a: &a {" + ", ".join(f"k{number}: v" for number in range(500)) + "}\n"


@each_case(
    "text",
    [
        WIDE + "parameters: {" + ", ".join(f"p{number}: *a" for number in range(900)) + "}",
        WIDE + "b: &b {<<: [" + ", ".join(["*a"] * 10) + "]}\nc: &c {<<: [" + ", ".join(["*b"] * 10) + "]}\n"
        "parameters: {p: {<<: [" + ", ".join(["*c"] * 10) + "]}}",
        "l: &l ["
        + ", ".join(["x"] * 500)
        + "]\nparameters: {"
        + ", ".join(f"p{n}: {{enum: *l}}" for n in range(900))
        + "}",
        f"d: &d {'x' * 900}\nparameters: {{" + ", ".join(f"p{n}: {{enum: [*d, *d, *d, *d]}}" for n in range(900)) + "}",
    ],
    ids=["many of one", "merges of merges", "lists", "long words"],
)
def test_aliases_never_make_more_of_a_config_than_it_may_tell(text: str) -> None:
    assert len(text) < 40_000
    found = declared(text)
    assert found is None or len(json.dumps(found)) < 2 * MOST_OUTPUT_CHARS


@each_case(
    "text",
    [
        "&top {parameters: {<<: *top}}",
        "&top {<<: *top, parameters: &p {<<: [*p, *top]}}",
        "parameters: &p {one: {<<: *p}}",
        "? &k [*k]\n: &v {*v : *v}\nparameters: *v",
    ],
)
def test_what_holds_itself_has_an_end(text: str) -> None:
    assert declared(text) is not None


def test_an_anchor_may_be_set_again_and_means_what_it_meant_before() -> None:
    text = "a: &x {type: integer}\nb: {c: &y {<<: *x}}\nd: &x {type: boolean}\nparameters: {one: *y, two: *x}"
    assert declared(text) == [["one", "integer", None, [], ""], ["two", "boolean", None, [], ""]]


def test_parameters_may_be_merged_in_at_the_top() -> None:
    assert declared("x: &x {parameters: {one: {default: x}}}\n<<: *x\n") == ONE


@each_case(
    ("declaration", "default"),
    [
        ("{type: integer, default: 010}", 8),
        ("{type: integer, default: 1_000}", 1000),
        ("{type: integer, default: 0x1F}", 31),
        ('{type: integer, default: "010"}', "010"),
        ("{type: integer, default: !!str 8}", "8"),
        ("{type: integer, default: 1.5}", "1.5"),
        ("{type: integer, default: 99999999999999999999}", "99999999999999999999"),
        ("{type: boolean, default: Off}", False),
        ("{type: boolean, default: oN}", "oN"),
        ('{type: boolean, default: "yes"}', "yes"),
        ("{type: string, default: 010}", "010"),
        ("{type: string, default: on}", "on"),
        ("{type: string, default: ~}", ""),
        ('{type: string, default: "~"}', "~"),
        ("{type: string, default: }", ""),
        ("{type: string}", None),
    ],
)
def test_a_default_is_what_yaml_1_1_makes_of_it_where_its_type_is_declared(declaration: str, default: object) -> None:
    ((_, _, found, _, _),) = declared(f"parameters: {{one: {declaration}}}") or ([None] * 5,)
    assert (found, type(found)) == (default, type(default))


def test_a_default_of_several_lines_keeps_them() -> None:
    text = "parameters:\n  one:\n    default: |\n      a\n\n      b\n"
    assert declared(text) == [["one", "string", "a\n\nb\n", [], ""]]


def test_a_scalar_of_a_megabyte_is_cut() -> None:
    (found,) = declared("parameters: {one: {default: %s}}" % ("9" * 1_000_000)) or ()
    assert found[2] == "9" * 1000
