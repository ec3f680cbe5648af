"""Where the declarations come from: which pipelines' configs are looked at, and what when there are none."""

from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.parameters import Known, Parameter, parameters_of
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
    assert await parameters_of(circleci, WEB, "feature", None, "main") == Known(KNOWN, "branch")


async def test_a_config_without_parameters_is_known_to_have_none(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", "version: 2.1")
    assert await parameters_of(circleci, WEB, "main", None, "main") == Known((), "branch")


async def test_a_branch_that_never_ran_borrows_the_default_branchs(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "new")
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await parameters_of(circleci, WEB, "new", None, "main") == Known(KNOWN, "default branch")


async def test_a_tag_borrows_the_default_branchs(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await parameters_of(circleci, WEB, None, "v1", "main") == Known(KNOWN, "default branch")


async def test_a_config_that_is_gone_or_broken_gives_way_to_the_one_before(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _branch(httpx_mock, "main", "p-3", "p-2", "p-1", "p-0")
    _config(httpx_mock, "p-3", None)
    _config(httpx_mock, "p-2", "parameters: {a: [")
    _config(httpx_mock, "p-1", ONE)
    assert await parameters_of(circleci, WEB, "main", None, "main") == Known(KNOWN, "branch")


async def test_only_a_few_pipelines_are_looked_at(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-3", "p-2", "p-1", "p-0")
    for pipeline_id in ("p-3", "p-2", "p-1"):
        _config(httpx_mock, pipeline_id, "")
    assert await parameters_of(circleci, WEB, "main", None, "main") == Known((), "unknown")


async def test_the_default_branch_is_asked_for_when_nobody_said_it(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=f"{V2}/project/gh/acme/web", json={"slug": "gh/acme/web", "vcs_info": {"default_branch": "trunk"}}
    )
    _branch(httpx_mock, "trunk", "p-1")
    _config(httpx_mock, "p-1", ONE)
    assert await parameters_of(circleci, WEB, None, None, None) == Known(KNOWN, "default branch")


async def test_trouble_at_circleci_is_not_taken_for_no_parameters(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _branch(httpx_mock, "main", "p-1")
    httpx_mock.add_response(url=f"{V2}/pipeline/p-1/config", status_code=403)
    with pytest.raises(Rejected):
        await parameters_of(circleci, WEB, "main", None, "main")
