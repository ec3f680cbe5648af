from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import trigger_form_blocks
from bot.blocks.kit import Block
from bot.blocks.trigger_form_blocks import DefinitionChoice
from bot.circleci.declared_parameters import NOTHING, DeclaredParameters, Parameter
from bot.circleci.models import PipelineDefinition, Project
from bot.circleci.models.people_models import VcsInfo
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY

PROJECT = Project(
    slug="gh/acme/web",
    name="web",
    organization_name="acme",
    vcs_info=VcsInfo(default_branch="main"),
)
DECLARED = (
    Parameter("image-tag", "string", "latest", description="Which image"),
    Parameter("deploy", "boolean", default=False),
    Parameter("replicas", "integer", 2),
    Parameter("environment", "enum", "staging", ("staging", "production")),
    Parameter("branch", "string", "a parameter may be called like a field of ours"),
    Parameter("reason", "string"),
)


def test_the_form_has_an_input_of_its_type_for_each_parameter(golden: Check, valid_blocks: Check) -> None:
    blocks = _draw(DECLARED)
    valid_blocks(blocks, "modal")
    golden("trigger_form", blocks)


def test_only_a_parameter_without_a_default_must_be_filled_in() -> None:
    required = [_name(block) for block in _draw(DECLARED) if block["type"] == "input" and not block["optional"]]
    assert required == ["project", "branch", "reason"]


def test_what_was_filled_in_stays_when_the_form_is_drawn_again() -> None:
    tag = next(block["block_id"] for block in _draw(DECLARED) if _name(block) == "image-tag")
    environment = next(block["block_id"] for block in _draw(DECLARED) if _name(block) == "environment")
    again = {_name(block): block for block in _draw(DECLARED, fields={tag: "4.8.2", environment: "=production"})}
    assert again["image-tag"]["element"]["initial_value"] == "4.8.2"
    assert again["environment"]["element"]["initial_option"]["value"] == "=production"


def test_another_project_or_other_parameters_make_new_fields_and_the_same_ones_stay() -> None:
    ids = {block["block_id"] for block in _draw(DECLARED) if _is_parameter(block)}
    of_another_branch = {block["block_id"] for block in _draw(DECLARED, branch="next") if _is_parameter(block)}
    fewer = {block["block_id"] for block in _draw(DECLARED[:2]) if _is_parameter(block)}
    assert ids == of_another_branch
    assert not ids & fewer


def test_fields_are_read_back_whatever_they_are_called() -> None:
    ids = {(_name(block), _is_parameter(block)): block["block_id"] for block in _draw(DECLARED) if "block_id" in block}
    filled = trigger_form_blocks.parse_form(
        {
            ids["project", False]: "gh/acme/web",
            ids["branch", False]: "main",
            ids["branch", True]: "of a tree",
            ids["image-tag", True]: "4.8.2",
        }
    )
    assert filled == trigger_form_blocks.TriggerFormValues(
        "gh/acme/web", "main", None, {"branch": "of a tree", "image-tag": "4.8.2"}
    )


def test_where_nothing_is_known_parameters_are_typed_a_line_each() -> None:
    blocks = trigger_form_blocks.render(PROJECT, branch="main", runnable=DefinitionChoice(known=NOTHING), fields={})
    free = next(block for block in blocks if block.get("block_id", "").startswith("=@p"))
    assert free["element"]["multiline"] is True
    assert trigger_form_blocks.parse_form({free["block_id"]: "a= 1\n\nb = two words\nnonsense"}).parameters == {
        "a": " 1",
        "b": "two words",
    }


def test_several_definitions_are_a_choice_and_one_is_none() -> None:
    several = [PipelineDefinition(id="1", name="build"), PipelineDefinition(id="2", name="nightly")]
    assert "Pipeline definition" in get_text(_draw((), definitions=several))
    assert "Pipeline definition" not in get_text(_draw((), definitions=several[:1]))


def test_a_borrowed_declaration_is_said_to_be_one() -> None:
    known = DeclaredParameters(DECLARED, "default branch")
    blocks = trigger_form_blocks.render(PROJECT, branch="new", runnable=DefinitionChoice(known=known), fields={})
    assert "These are the parameters of `main`" in get_text(blocks)
    required = [_name(block) for block in blocks if block["type"] == "input" and not block["optional"]]
    assert required == ["project", "branch"]
    assert "Other parameters" in get_text(blocks)


def test_where_several_definitions_could_run_one_is_chosen_before_its_parameters_are_shown() -> None:
    several = [PipelineDefinition(id="1", name="build"), PipelineDefinition(id="2", name="nightly")]
    blocks = trigger_form_blocks.render(PROJECT, branch="main", runnable=DefinitionChoice(several), fields={})
    assert not any(_is_parameter(block) for block in blocks)
    assert "Choose a definition" in get_text(blocks)
    definition = next(block for block in blocks if _name(block) == "definition")
    assert definition["dispatch_action"] is True


def test_a_config_that_is_kept_elsewhere_has_a_branch_of_its_own() -> None:
    runnable = DefinitionChoice(known=DeclaredParameters((), "branch"), config_elsewhere=True)
    blocks = trigger_form_blocks.render(PROJECT, branch="main", runnable=runnable, fields={})
    block_id = next(block["block_id"] for block in blocks if _name(block) == "config-branch")
    assert trigger_form_blocks.parse_form({block_id: "next"}).config_branch == "next"


@pytest.mark.parametrize("count", [100, 300])
def test_a_config_with_too_many_parameters_still_makes_a_form(count: int, valid_blocks: Check) -> None:
    declared = tuple(Parameter(f"p{number}", "string", NASTY, description=NASTY * 10) for number in range(count))
    blocks = _draw(declared, branch="b" * 300)
    valid_blocks(blocks, "modal")
    assert "More than a form can hold" in get_text(blocks)


@given(st.dictionaries(st.text(max_size=40), st.text(max_size=40), max_size=8))
def test_no_state_of_a_view_breaks_the_reading(fields: dict[str, str]) -> None:
    assert isinstance(trigger_form_blocks.parse_form(fields), trigger_form_blocks.TriggerFormValues)


def _draw(
    declared: tuple[Parameter, ...],
    *,
    branch: str = "main",
    fields: dict[str, str] | None = None,
    definitions: list[PipelineDefinition] | None = None,
) -> list[Block]:
    runnable = DefinitionChoice(definitions or (), known=DeclaredParameters(declared, "branch"))
    return trigger_form_blocks.render(PROJECT, branch=branch, runnable=runnable, fields=fields or {})


def _is_parameter(block: Block) -> bool:
    return "@p" in block.get("block_id", "") or "@c" in block.get("block_id", "")


def _name(block: Block) -> str:
    return str(block.get("block_id", "")).split("@", maxsplit=1)[0]
