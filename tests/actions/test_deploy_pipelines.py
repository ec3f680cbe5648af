from __future__ import annotations

from bot.actions.deploy_pipelines import PipelinePromotion, choose_values, list_asked, list_steps, list_untaken
from bot.actions.deploy_targets import PlaceWords
from bot.circleci.declared_parameters import DeclaredParameters, Parameter
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from tests.blocks.test_deploy_blocks import PROJECT, make_place, make_version
from tests.plugins.each_case import each_case
from tests.plugins.factories import make_id, make_pipeline


def run(environment: str, version: str, number: int) -> DeployPlace:
    return make_place(environment, [make_version(version, number, live=True)])


NEW, OLD, SAME = run("staging", "1.0.342", 342), run("production", "1.0.341", 341), run("eu", "1.0.342", 342)


@each_case(
    ("places", "source", "target", "found"),
    [
        ([NEW, OLD], None, None, [("staging", "production")]),
        ([NEW, OLD], "production", None, []),
        ([NEW, OLD], "production", "staging", [("production", "staging")]),
        ([NEW, SAME], None, None, []),
        ([NEW, SAME, OLD], None, None, [("staging", "production"), ("eu", "production")]),
        ([NEW], None, None, []),
        ([NEW], None, "us", [("staging", "us")]),
        ([NEW], None, "elsewhere", []),
    ],
)
def test_what_is_newer_goes_on_and_anything_where_both_ends_are_named(
    places: list[DeployPlace], source: str | None, target: str | None, found: list[tuple[str, str]]
) -> None:
    pipelines = {make_id(number): make_pipeline(number) for number in (341, 342)}
    deploys = ProjectDeploys(PROJECT, places, pipelines, environments=["us"])
    steps = list_steps(deploys, PlaceWords(environment=target), source)
    assert [(one.source.environment.name, one.target.environment.name) for one in steps] == found


def test_what_is_called_as_usual_and_takes_the_value_is_filled_in() -> None:
    declared = (
        Parameter("target-version", "string"),
        Parameter("tag", "integer"),
        Parameter("environment", "enum", choices=("staging",)),
        Parameter("environment_name", "string"),
        Parameter("component", "string"),
        Parameter("image", "string"),
    )
    filled = choose_values(DeclaredParameters(declared, "branch"), PipelinePromotion(NEW, OLD).values)
    assert filled == {
        "target-version": "1.0.342",
        "environment_name": "production",
        "component": NEW.component.name,
    }


def test_an_environment_that_no_parameter_takes_is_told() -> None:
    """Else the default of the only one would stand there: another place."""
    declared = (
        Parameter("version", "string"),
        Parameter("environment", "enum", "staging", choices=("staging",)),
        Parameter("dry-run", "boolean", default=False),
    )
    known, promoted = DeclaredParameters(declared, "branch"), {"version": "1.0.342", "environment": "production"}
    filled = choose_values(known, promoted)
    assert list_untaken(known, filled, promoted) == ["production"]
    assert list_asked(known, filled) == ["environment"]


@each_case(
    ("choices", "filled", "untaken"),
    [
        ([("staging", "production")], {"p0": "production"}, []),
        ([("staging", "production"), ("production", "dr")], {}, ["production"]),
        ([("Production",)], {}, ["production"]),
        ([()], {}, ["production"]),
    ],
)
def test_of_odd_names_the_only_one_that_has_it_as_a_choice_takes_it(
    choices: list[tuple[str, ...]], filled: dict[str, str], untaken: list[str]
) -> None:
    declared = tuple(Parameter(f"p{at}", "enum", "staging", choices=each) for at, each in enumerate(choices))
    known, promoted = DeclaredParameters(declared, "branch"), {"environment": "production"}
    assert choose_values(known, promoted) == filled
    assert list_untaken(known, choose_values(known, promoted), promoted) == untaken


def test_a_version_that_is_called_as_the_environment_is_not_taken_for_it() -> None:
    declared = (Parameter("version", "string"), Parameter("place", "string", "staging"))
    known, promoted = DeclaredParameters(declared, "branch"), {"version": "production", "environment": "production"}
    filled = choose_values(known, promoted)
    assert filled == {"version": "production"}
    assert list_untaken(known, filled, promoted) == ["production"]
