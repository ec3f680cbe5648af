from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.models import Config
from bot.circleci.parameters import Parameter, coerce, declared, guess
from bot.errors import UsageError

SOURCE = """
version: 2.1
parameters:
  image-tag: {type: string, default: latest, description: "What to deploy"}
  deploy:
    type: boolean
    default: yes
  replicas: {type: integer, default: 2}
  environment:
    type: enum
    enum: [staging, production]
    default: staging
  release: {type: string, default: 1.10}
  must: {type: string}
  switch: {type: enum, enum: [on, off], default: on}
jobs:
  build:
    parameters:
      not-this-one: {type: string, default: x}
    docker: [{image: "cimg/base:<< pipeline.parameters.image-tag >>"}]
    steps: [run: "echo << parameters.not-this-one >>"]
"""

IMAGE_TAG = Parameter("image-tag", "string", "latest", description="What to deploy")
DEPLOY = Parameter("deploy", "boolean", default=True)
REPLICAS = Parameter("replicas", "integer", 2)
ENVIRONMENT = Parameter("environment", "enum", "staging", ("staging", "production"))
ALL = (IMAGE_TAG, DEPLOY, REPLICAS, ENVIRONMENT)


# What a config declares


async def test_the_declared_parameters_are_read_in_their_order() -> None:
    assert await declared(Config(source=SOURCE)) == (
        *ALL,
        Parameter("release", "string", "1.10"),
        Parameter("must", "string", None),
        Parameter("switch", "enum", "on", ("on", "off")),
    )


async def test_a_setup_config_declares_too_and_is_right_about_its_own() -> None:
    setup = "parameters:\n  deploy: {type: string, default: maybe}\n  force: {type: boolean, default: false}\n"
    found = {one.name: one for one in await declared(Config(source=SOURCE, setup_config=setup)) or ()}
    assert found["deploy"] == Parameter("deploy", "string", "maybe")
    assert found["force"] == Parameter("force", "boolean", default=False)
    assert found["replicas"] == REPLICAS


BILLION = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "version: 2.1",
        "parameters:",
        "parameters: []",
        "parameters: text",
        "- a list",
        "just text",
        "parameters: {a: [",
        "\tparameters: {}",
        "a: *nowhere",
        "{" * 5000,
        "x: " + "[" * 20_000,
        "%YAML 9.9\n---\na: 1",
        "\x00",
        BILLION,
        "parameters: &p\n  <<: *p\n",
    ],
)
async def test_a_config_that_declares_nothing_or_cannot_be_read_declares_nothing(source: str) -> None:
    assert not await declared(Config(source=source))


async def test_a_config_of_two_documents_does_not_break() -> None:
    assert await declared(Config(source="---\nparameters: {a: {type: string}}\n---\nb: 1")) is None


@pytest.mark.parametrize(
    ("yaml", "parameter"),
    [
        ("{type: boolean, default: false}", Parameter("p", "boolean", default=False)),
        ("{type: boolean, default: On}", Parameter("p", "boolean", default=True)),
        ("{type: integer, default: -3}", Parameter("p", "integer", -3)),
        ("{type: integer, default: %s}" % ("9" * 5000), Parameter("p", "integer", "9" * 1000)),
        ("{type: integer, default: soon}", Parameter("p", "integer", "soon")),
        ('{type: string, default: ""}', Parameter("p", "string", "")),
        ("{type: string, default: null}", Parameter("p", "string", "null")),
        ("{type: enum, enum: [1.0, 2]}", Parameter("p", "enum", None, ("1.0", "2"))),
        ("{}", Parameter("p", "string", None)),
        ("text", Parameter("p", "string", None)),
        ("{type: [a], enum: text, description: {a: b}}", Parameter("p", "string", None)),
    ],
)
async def test_a_declaration_keeps_what_it_says_as_it_is_written(yaml: str, parameter: Parameter) -> None:
    assert await declared(Config(source=f"parameters:\n  p: {yaml}\n")) == (parameter,)


async def test_anchors_and_merges_are_followed() -> None:
    source = """
common: &flag {type: boolean, default: false}
parameters:
  a: *flag
  b: {<<: *flag, default: true}
  c: {<<: [*flag, {description: merged}]}
"""
    assert await declared(Config(source=source)) == (
        Parameter("a", "boolean", default=False),
        Parameter("b", "boolean", default=True),
        Parameter("c", "boolean", default=False, description="merged"),
    )


@given(st.text())
def test_no_yaml_breaks_the_reading(source: str) -> None:
    found = asyncio.run(declared(Config(source=f"parameters:\n  {source}")))
    assert found is None or isinstance(found, tuple)


# What was typed, as values


def test_values_get_the_declared_types() -> None:
    typed = {"image-tag": "4.8.2", "deploy": "no", "replicas": "+3", "environment": "production"}
    assert coerce(ALL, typed) == {"image-tag": "4.8.2", "deploy": False, "replicas": 3, "environment": "production"}


def test_a_string_stays_a_string_whatever_it_looks_like() -> None:
    assert coerce(ALL, {"image-tag": "true"}) == {"image-tag": "true"}
    assert coerce(ALL, {"image-tag": "007"}) == {"image-tag": "007"}
    assert coerce(ALL, {"image-tag": ""}) == {"image-tag": ""}


def test_only_what_was_typed_is_sent() -> None:
    assert coerce(ALL, {}) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("Yes", True), ("ON", True), ("false", False), ("no", False), (" off ", False)],
)
def test_booleans_are_said_in_many_words(text: str, *, value: bool) -> None:
    assert coerce(ALL, {"deploy": text}) == {"deploy": value}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"deploy": "maybe"}, "`deploy` is a boolean, and `maybe` is none."),
        ({"deploy": ""}, "`deploy` is a boolean"),
        ({"replicas": "three"}, "`replicas` is an integer, and `three` is none."),
        ({"replicas": "9" * 30}, f"`replicas` is an integer, and `{'9' * 30}` is too large for one."),
        ({"replicas": "3.5"}, "`replicas` is an integer"),
        ({"replicas": "\u0663"}, "`replicas` is an integer"),
        ({"environment": "Production"}, "`environment` cannot be `Production`."),
    ],
)
def test_a_value_of_another_type_is_refused(typed: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        coerce(ALL, typed)
    assert refused.value.message.startswith(says)


def test_the_choices_are_named() -> None:
    with pytest.raises(UsageError) as refused:
        coerce(ALL, {"environment": "prod"})
    assert refused.value.next_steps == ("It is one of `staging`, `production`.",)


def test_an_unknown_name_is_refused_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        coerce(ALL, {"image_tag": "1"})
    assert refused.value.message == "There is no parameter `image_tag`. Did you mean `image-tag`?"
    assert refused.value.next_steps == ("The config declares `image-tag`, `deploy`, `replicas`, `environment`.",)


def test_an_unknown_name_far_from_all_others_gets_no_guess() -> None:
    with pytest.raises(UsageError) as refused:
        coerce(ALL, {"zzz": "1"})
    assert refused.value.message == "There is no parameter `zzz`."


def test_a_config_without_parameters_says_so() -> None:
    with pytest.raises(UsageError, match="declares none"):
        coerce((), {"a": "1"})


def test_what_people_type_cannot_mention_anybody() -> None:
    with pytest.raises(UsageError) as refused:
        coerce(ALL, {"<!channel>": "`x`"})
    assert "<!channel>" not in refused.value.message


def test_of_very_many_known_names_some_are_listed() -> None:
    known = [Parameter(f"p{n}", "string") for n in range(100)]
    with pytest.raises(UsageError) as refused:
        coerce(known, {"q": "1"})
    assert len(str(refused.value.next_steps[0])) < 400


@pytest.mark.parametrize("convert", [guess, lambda typed: coerce([Parameter(name, "string") for name in typed], typed)])
def test_circlecis_limits_hold_before_anything_is_sent(convert: Any) -> None:
    assert len(convert({f"p{n}": "v" for n in range(100)})) == 100
    assert convert({"n" * 128: "v" * 512})
    for typed in ({f"p{n}": "v" for n in range(101)}, {"n" * 129: "v"}, {"n": "v" * 513}):
        with pytest.raises(UsageError):
            convert(typed)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("yes", "yes"),
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("007", "007"),
        ("1.0", "1.0"),
        ("+3", "+3"),
        ("", ""),
        ("9" * 19, "9" * 19),
    ],
)
def test_where_nothing_is_known_values_go_as_typed(text: str, value: object) -> None:
    (guessed,) = guess({"p": text}).values()
    assert guessed == value
    assert type(guessed) is type(value)


@given(st.dictionaries(st.text(max_size=140), st.text(max_size=520), max_size=5))
def test_a_guess_never_changes_what_the_text_says(typed: dict[str, str]) -> None:
    try:
        guessed = guess(typed)
    except UsageError:
        assert any(len(name) > 128 or len(text) > 512 for name, text in typed.items())
        return
    shown = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in guessed.items()}
    assert shown == typed
