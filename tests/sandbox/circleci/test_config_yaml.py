from __future__ import annotations

from typing import Any

import pytest
import yaml

from sandbox.circleci import config_yaml
from sandbox.circleci.declared import WEB_PARAMETERS
from sandbox.circleci.fake_errors import FakeCircleciError
from sandbox.circleci.stories import get_story
from tests.plugins.each_case import each_case

ENUM = "enum [staging, production]"
DECLARED = config_yaml.parse_declarations(WEB_PARAMETERS)


def test_a_config_declares_its_parameters_and_what_its_story_runs() -> None:
    source = config_yaml.build_source(WEB_PARAMETERS, get_story("release"))
    assert config_yaml.parse_parameters(source) == {
        "image-tag": config_yaml.DeclaredParameter("string", "latest"),
        "deploy": config_yaml.DeclaredParameter("boolean", default=False),
        "replicas": config_yaml.DeclaredParameter("integer", 2),
        "environment": config_yaml.DeclaredParameter("enum", "staging", ("staging", "production")),
    }
    workflows = yaml.safe_load(source)["workflows"]
    assert {"approve-staging": {"type": "approval", "requires": ["build"]}} in workflows["release"]["jobs"]


def test_the_compiled_form_has_values_instead_of_parameters() -> None:
    source = config_yaml.build_source(WEB_PARAMETERS, get_story("main"))
    compiled = yaml.safe_load(config_yaml.compile_source(source, {"image-tag": "4.8.2", "replicas": 3}))
    assert "parameters" not in compiled
    environment = compiled["jobs"]["lint"]["environment"]
    assert (environment["IMAGE_TAG"], environment["REPLICAS"]) == ("4.8.2", 3)


@pytest.mark.parametrize("source", ["{not: [yaml", "- a list", "", "parameters:"])
def test_a_config_that_is_none_declares_nothing(source: str) -> None:
    assert config_yaml.parse_parameters(source) == {}


def test_the_config_of_a_story_with_errors_has_the_mistake_they_speak_of() -> None:
    source = config_yaml.build_source({}, get_story("bad-config"))
    assert yaml.safe_load(source)["jobs"]["lint"]["steps"][1] == "install-deps"


@each_case(
    "given",
    [{}, {"image-tag": "4.8.2"}, {"deploy": True, "replicas": 3}, {"environment": "production"}, {"image-tag": ""}],
)
def test_parameters_that_fit_are_taken(given: dict[str, Any]) -> None:
    config_yaml.check_parameters(given, DECLARED)


@each_case(
    ("given", "complaint"),
    [
        ({"foo": "1", "bar": 2}, "Unexpected argument(s): foo, bar"),
        (
            {"replicas": "two"},
            'Type error for argument replicas: expected type: integer, actual value: "two" (type string)',
        ),
        (
            {"replicas": True},
            "Type error for argument replicas: expected type: integer, actual value: true (type boolean)",
        ),
        ({"deploy": 1}, "Type error for argument deploy: expected type: boolean, actual value: 1 (type integer)"),
        ({"image-tag": 4}, "Type error for argument image-tag: expected type: string, actual value: 4 (type integer)"),
        (
            {"environment": "x"},
            f'Type error for argument environment: expected type: {ENUM}, actual value: "x" (type string)',
        ),
        ({f"p{n}": "" for n in range(101)}, "Too many parameters: 101 given, at most 100 are allowed"),
        ({"k" * 129: ""}, "Parameter name is too long: at most 128 characters are allowed"),
        ({"image-tag": "v" * 513}, "Value of parameter image-tag is too long: at most 512 characters are allowed"),
    ],
)
def test_parameters_that_do_not_fit_are_complained_about(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FakeCircleciError) as refused:
        config_yaml.check_parameters(given, DECLARED)
    assert (refused.value.status, refused.value.message) == (400, complaint)
