"""Whatever a config declares: Slack takes the form, it can be handed in as it is, and it says what it shows."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks import parameter_input, trigger_form_blocks
from bot.blocks.kit import Block
from bot.blocks.trigger_form_blocks import DefinitionChoice
from bot.circleci.declared_parameters import DeclaredParameters, Parameter
from bot.circleci.models import Project
from bot.circleci.parameter_values import as_text, coerce_parameters
from sandbox.slack.block_kit.element_types import list_options
from sandbox.slack.block_kit.state_values import build_initial_values, list_form_errors
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text

PROJECT = Project(slug="gh/acme/web", name="web")
TEXTS = st.text(max_size=30) | st.builds(lambda text, by: text * by, st.text(max_size=8), st.integers(1, 600))
ALIKE = st.text(max_size=3).map(lambda end: "x" * 200 + end)
CHOICES = st.lists(st.text(max_size=4) | ALIKE, max_size=130, unique=True)
DECLARED = st.builds(
    Parameter,
    name=st.text(max_size=140),
    type=st.sampled_from(["string", "boolean", "integer", "enum", "else"]),
    default=st.none() | TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans(),
    choices=CHOICES.map(tuple),
    description=TEXTS,
)
KNOWN = st.builds(
    DeclaredParameters,
    st.lists(DECLARED, max_size=6, unique_by=lambda one: one.name).map(tuple),
    st.sampled_from(["branch", "earlier", "default branch"]),
)


def drawn(*declared: Parameter) -> list[Block]:
    return trigger_form_blocks.render(
        PROJECT, branch="main", runnable=DefinitionChoice(known=DeclaredParameters(declared, "branch")), fields={}
    )


def input_of(declared: Parameter) -> Block:
    (block,), _ = parameter_input.build_inputs([declared], "", {}, optional=False)
    return block


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KNOWN)
def test_slack_takes_every_form_and_its_person_can_hand_it_in_unchanged(
    valid_blocks: Check, known: DeclaredParameters
) -> None:
    blocks = trigger_form_blocks.render(PROJECT, branch="main", runnable=DefinitionChoice(known=known), fields={})
    valid_blocks(blocks, "modal")
    values = build_initial_values(blocks)
    required = [one["block_id"] for one in blocks if one["type"] == "input" and not one["optional"]]
    assert {block for block in list_form_errors(blocks, values) if block not in required} == set()


@given(KNOWN)
def test_a_form_handed_in_unchanged_says_nothing_but_the_defaults(known: DeclaredParameters) -> None:
    blocks = trigger_form_blocks.render(PROJECT, branch="main", runnable=DefinitionChoice(known=known), fields={})
    said = trigger_form_blocks.parse_form(_state(blocks)).parameters
    defaults = {one.name: as_text(one.default) for one in known.parameters if one.default is not None}
    assert said.items() <= defaults.items()


@given(CHOICES)
def test_every_choice_can_be_chosen_and_is_read_back_exactly(choices: list[str]) -> None:
    declared = Parameter("p", "enum", None, tuple(choices))
    block = input_of(declared)
    options = list_options(block["element"])
    chosen = [
        trigger_form_blocks.parse_form({block["block_id"]: option["value"]}).parameters["p"] for option in options
    ]
    assert chosen == choices
    assert len({option["text"]["text"] for option in options}) == len(choices)
    for choice in choices:
        assert coerce_parameters(DeclaredParameters((declared,), "branch"), {"p": choice}) == ({"p": choice}, [])


def test_more_than_a_hundred_choices_stand_in_groups() -> None:
    element = input_of(Parameter("p", "enum", "c150", tuple(f"c{n}" for n in range(230))))["element"]
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 100, 30]
    assert element["initial_option"]["value"] == "=c150"


def test_more_choices_than_a_menu_may_hold_are_typed() -> None:
    block = input_of(Parameter("p", "enum", "c150", tuple(f"c{n}" for n in range(1001))))
    assert block["element"]["type"] == "plain_text_input"
    assert block["element"]["initial_value"] == "c150"
    assert "One of 1001: c0, c1" in get_text([block])


@pytest.mark.parametrize("length", [513, 1000])
def test_a_default_that_is_too_long_to_be_typed_is_left_to_the_config(length: int) -> None:
    block = input_of(Parameter("p", "string", "x" * length))
    assert "initial_value" not in block["element"]
    assert block["optional"] is True
    assert "Left empty, the config's default counts: xxx" in get_text([block])


def test_a_default_of_several_lines_keeps_them() -> None:
    element = input_of(Parameter("p", "string", "a\n b\n"))["element"]
    assert (element["multiline"], element["initial_value"]) == (True, "a\n b\n")
    assert "multiline" not in input_of(Parameter("p", "string", "a"))["element"]


@pytest.mark.parametrize(("default", "kind"), [(1000, "number_input"), (2**60, "plain_text_input")])
def test_an_integer_is_shown_exactly(default: int, kind: str) -> None:
    element = input_of(Parameter("p", "integer", default))["element"]
    assert (element["type"], element["initial_value"]) == (kind, str(default))


def test_a_view_never_grows_over_what_slack_takes_and_nothing_ends_silently() -> None:
    choices = tuple("ж" * 100 + str(n) for n in range(900))
    blocks = drawn(*(Parameter(f"p{n}", "enum", None, choices, "ж" * 1000) for n in range(100)))
    assert len(json.dumps(blocks)) < 250_000
    shown = [one for one in blocks if one.get("block_id", "").startswith("p")]
    assert f"p{len(shown)}" in get_text(blocks)


def test_a_name_that_no_trigger_can_set_is_told() -> None:
    odd = [Parameter("n" * 129, "string"), Parameter("", "string")]
    assert parameter_input.build_inputs(odd, "", {}, optional=True) == ([], odd)


def _state(blocks: list[Block]) -> dict[str, str]:
    state = {block: next(iter(values.values())) for block, values in build_initial_values(blocks).items()}
    read = {
        block: (value.get("selected_option") or {}).get("value") or value.get("value") for block, value in state.items()
    }
    return {block: value for block, value in read.items() if value is not None}
