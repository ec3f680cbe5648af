"""Where the declarations come from: which pipelines' configs are looked at, and what when there are none."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.declared_parameters import NOTHING, DeclaredParameters, Parameter, fetch_parameters, parse_parameters
from bot.circleci.models import Config
from bot.domain import ProjectSlug
from bot.errors import Rejected

V2 = "https://circleci.test/api/v2"
WEB = ProjectSlug("gh", "acme", "web")


def _branch(httpx_mock: HTTPXMock, branch: str, *pipeline_ids: str) -> None:
    items = [{"id": each, "vcs": {"branch": branch}} for each in pipeline_ids]
    httpx_mock.add_response(url=f"{V2}/project/gh/acme/web/pipeline?branch={branch}", json={"items": items})


def _config(httpx_mock: HTTPXMock, pipeline_id: str, source: str | None) -> None:
    url = f"{V2}/pipeline/{pipeline_id}/config"
    if source is None:
        httpx_mock.add_response(url=url, status_code=404)
    else:
        httpx_mock.add_response(url=url, json={"source": source, "compiled": ""})


ONE = "parameters: {one: {type: string, default: x}}"
KNOWN = (Parameter("one", "string", "x"),)


async def test_the_newest_pipeline_of_the_branch_knows(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "feature", "p-2", "p-1")
    _config(httpx_mock, "p-2", ONE)
    assert await fetch_parameters(circleci, WEB, "feature", tag=None, default_branch="main") == DeclaredParameters(
        KNOWN, "branch"
    )


async def test_a_config_without_parameters_is_known_to_have_none(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", "version: 2.1")
    assert await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main") == DeclaredParameters(
        (), "branch"
    )


async def test_a_branch_that_never_ran_borrows_the_default_branchs(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "new")
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await fetch_parameters(circleci, WEB, "new", tag=None, default_branch="main") == DeclaredParameters(
        KNOWN, "default branch"
    )


async def test_a_tag_borrows_the_default_branchs(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await fetch_parameters(circleci, WEB, None, tag="v1", default_branch="main") == DeclaredParameters(
        KNOWN, "default branch"
    )


async def test_where_a_config_is_gone_or_broken_the_one_before_is_borrowed(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _branch(httpx_mock, "main", "p-3", "p-2", "p-1", "p-0")
    _config(httpx_mock, "p-3", None)
    _config(httpx_mock, "p-2", "parameters: {a: [")
    _config(httpx_mock, "p-1", ONE)
    assert await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main") == DeclaredParameters(
        KNOWN, "earlier", unreadable=True
    )


async def test_only_a_few_pipelines_are_looked_at(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-3", "p-2", "p-1", "p-0")
    for pipeline_id in ("p-3", "p-2", "p-1"):
        _config(httpx_mock, pipeline_id, "")
    assert await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main") == DeclaredParameters(
        (), "unknown", unreadable=True
    )


async def test_one_that_does_not_count_tells_nothing(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-2", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await fetch_parameters(
        circleci, WEB, "main", tag=None, default_branch="main", counts=lambda one: one.id != "p-2"
    ) == DeclaredParameters(KNOWN, "branch")


async def test_a_branch_whose_configs_cannot_be_read_borrows_and_is_known_to_have_run(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _branch(httpx_mock, "feature", "p-9")
    _config(httpx_mock, "p-9", "a: [")
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", ONE)
    found = await fetch_parameters(circleci, WEB, "feature", tag=None, default_branch="main")
    assert found == DeclaredParameters(KNOWN, "default branch", unreadable=True)


def _ran(httpx_mock: HTTPXMock, pipeline_id: str, definition: str | None) -> None:
    values = {"pipeline.definition.id": definition} if definition else {}
    httpx_mock.add_response(url=f"{V2}/pipeline/{pipeline_id}/values", json={"pipeline.number": 1, **values})


async def test_only_pipelines_of_the_definition_that_is_meant_are_looked_at(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _branch(httpx_mock, "main", "p-4", "p-3", "p-2", "p-1")
    for pipeline_id, definition in (("p-4", "build"), ("p-3", None), ("p-2", "release"), ("p-1", "release")):
        _ran(httpx_mock, pipeline_id, definition)
    _config(httpx_mock, "p-2", ONE)
    assert await fetch_parameters(
        circleci, WEB, "main", tag=None, default_branch="main", definitions={"release"}
    ) == DeclaredParameters(KNOWN, "branch")


async def test_a_definition_that_never_ran_declares_nothing_that_is_known(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _branch(httpx_mock, "main", "p-1")
    httpx_mock.add_response(url=f"{V2}/pipeline/p-1/values", status_code=404)
    assert (
        await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main", definitions={"release"})
        == NOTHING
    )


async def test_no_more_than_ten_pipelines_are_asked_what_they_ran(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", *(f"p-{number}" for number in range(20)))
    for number in range(10):
        _ran(httpx_mock, f"p-{number}", "build")
    assert (
        await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main", definitions={"release"})
        == NOTHING
    )


async def test_the_default_branch_is_asked_for_when_nobody_said_it(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=f"{V2}/project/gh/acme/web", json={"slug": "gh/acme/web", "vcs_info": {"default_branch": "trunk"}}
    )
    _branch(httpx_mock, "trunk", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await fetch_parameters(circleci, WEB, None, tag=None, default_branch=None) == DeclaredParameters(
        KNOWN, "default branch"
    )


async def test_trouble_at_circleci_is_not_taken_for_no_parameters(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    httpx_mock.add_response(url=f"{V2}/pipeline/p-1/config", status_code=403)
    with pytest.raises(Rejected):
        await fetch_parameters(circleci, WEB, "main", tag=None, default_branch="main")


# What a config declares


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


async def test_the_declared_parameters_are_read_in_their_order() -> None:
    assert await parse_parameters(Config(source=SOURCE)) == (
        *ALL,
        Parameter("release", "string", "1.10"),
        Parameter("must", "string", None),
        Parameter("switch", "enum", "on", ("on", "off")),
    )


async def test_of_a_dynamic_config_only_the_setup_takes_parameters() -> None:
    setup = "setup: true\nparameters:\n  force: {type: boolean, default: false}\n"
    assert await parse_parameters(Config(source=SOURCE, setup_config=setup)) == (
        Parameter("force", "boolean", default=False),
    )
    assert await parse_parameters(Config(source=SOURCE, setup_config="setup: true")) == ()
    assert await parse_parameters(Config(source=SOURCE, setup_config="a: [")) is None


async def test_an_anchor_that_is_set_again_is_yaml_too() -> None:
    source = "x: &a {type: integer}\ny: &a {type: boolean}\nparameters: {p: *a}"
    assert await parse_parameters(Config(source=source)) == (Parameter("p", "boolean"),)


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
    assert not await parse_parameters(Config(source=source))


async def test_a_config_of_two_documents_does_not_break() -> None:
    assert await parse_parameters(Config(source="---\nparameters: {a: {type: string}}\n---\nb: 1")) is None


@pytest.mark.parametrize(
    ("yaml", "parameter"),
    [
        ("{type: boolean, default: false}", Parameter("p", "boolean", default=False)),
        ("{type: boolean, default: On}", Parameter("p", "boolean", default=True)),
        ("{type: integer, default: -3}", Parameter("p", "integer", -3)),
        ("{type: integer, default: %s}" % ("9" * 5000), Parameter("p", "integer", "9" * 1000)),
        ("{type: integer, default: soon}", Parameter("p", "integer", "soon")),
        ('{type: string, default: ""}', Parameter("p", "string", "")),
        ("{type: string, default: null}", Parameter("p", "string", "")),
        ("{type: enum, enum: [1.0, 2]}", Parameter("p", "enum", None, ("1.0", "2"))),
        ("{}", Parameter("p", "string", None)),
        ("text", Parameter("p", "string", None)),
        ("{type: [a], enum: text, description: {a: b}}", Parameter("p", "string", None)),
    ],
)
async def test_a_declaration_keeps_what_it_says_as_it_is_written(yaml: str, parameter: Parameter) -> None:
    assert await parse_parameters(Config(source=f"parameters:\n  p: {yaml}\n")) == (parameter,)


async def test_anchors_and_merges_are_followed() -> None:
    source = """
common: &flag {type: boolean, default: false}
parameters:
  a: *flag
  b: {<<: *flag, default: true}
  c: {<<: [*flag, {description: merged}]}
"""
    assert await parse_parameters(Config(source=source)) == (
        Parameter("a", "boolean", default=False),
        Parameter("b", "boolean", default=True),
        Parameter("c", "boolean", default=False, description="merged"),
    )


@given(st.text())
def test_no_yaml_breaks_the_reading(source: str) -> None:
    found = asyncio.run(parse_parameters(Config(source=f"parameters:\n  {source}")))
    assert found is None or isinstance(found, tuple)
