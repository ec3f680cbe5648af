from __future__ import annotations

from bot.actions.deploy_pipelines import PipelinePromotion, choose_values, list_steps, list_untaken
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
    declared = (Parameter("version", "string"), Parameter("environment", "enum", "staging", choices=("staging",)))
    promoted = {"version": "1.0.342", "environment": "production"}
    filled = choose_values(DeclaredParameters(declared, "branch"), promoted)
    assert list_untaken(filled, promoted) == ["production"]
