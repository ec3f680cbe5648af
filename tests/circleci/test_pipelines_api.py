from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.models import NotTriggered, TriggeredPipeline
from bot.domain import ProjectSlug
from bot.errors import NotFound, Unavailable, UsageError

V2 = "https://circleci.test/api/v2"
WEB = ProjectSlug("gh", "acme", "web")
APP = ProjectSlug("circleci", "DdaVtN", "6EkDPZ")
MADE = {"id": "p-1", "number": 25, "state": "pending", "created_at": "2026-11-23T09:00:00Z"}


def _sent(httpx_mock: HTTPXMock) -> tuple[str, Any]:
    request = httpx_mock.get_requests()[-1]
    return request.url.path.removeprefix("/api/v2/"), json.loads(request.content)


async def test_an_oauth_project_is_triggered_the_classic_way(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", status_code=201, json=MADE)
    made = await circleci.trigger_pipeline(WEB, branch="main", parameters={"deploy": True})
    assert isinstance(made, TriggeredPipeline)
    assert (made.id, made.number, made.state) == ("p-1", 25, "pending")
    assert _sent(httpx_mock) == ("project/gh/acme/web/pipeline", {"branch": "main", "parameters": {"deploy": True}})


async def test_a_tag_is_sent_as_a_tag(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=201, json=MADE)
    await circleci.trigger_pipeline(WEB, tag="v1.2")
    assert _sent(httpx_mock)[1] == {"tag": "v1.2"}


async def test_without_a_ref_circleci_takes_the_default_branch(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=201, json=MADE)
    await circleci.trigger_pipeline(WEB)
    assert _sent(httpx_mock)[1] == {}


async def test_an_app_project_is_run_with_config_and_checkout_alike(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=201, json=MADE)
    await circleci.trigger_pipeline(APP, branch="main", parameters={"n": 1}, definition_id="d-1")
    assert _sent(httpx_mock) == (
        "project/circleci/DdaVtN/6EkDPZ/pipeline/run",
        {
            "definition_id": "d-1",
            "config": {"branch": "main"},
            "checkout": {"branch": "main"},
            "parameters": {"n": 1},
        },
    )


async def test_an_oauth_project_with_a_definition_is_run_too(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=201, json=MADE)
    await circleci.trigger_pipeline(WEB, tag="v1", definition_id="d-1")
    path, body = _sent(httpx_mock)
    assert path == "project/gh/acme/web/pipeline/run"
    assert body == {"definition_id": "d-1", "config": {"tag": "v1"}, "checkout": {"tag": "v1"}}


async def test_a_200_with_a_message_alone_triggered_nothing(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    message = "Ignoring pipeline due to CI skip in the commit"
    httpx_mock.add_response(status_code=200, json={"message": message})
    assert await circleci.trigger_pipeline(APP, branch="main") == NotTriggered(message=message)


async def test_a_200_with_a_pipeline_did_trigger_it(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=200, json=MADE)
    assert isinstance(await circleci.trigger_pipeline(APP, branch="main"), TriggeredPipeline)


@pytest.mark.parametrize("project", [WEB, APP])
async def test_a_201_that_does_not_say_what_it_made_is_unknown(
    circleci: CircleCI, httpx_mock: HTTPXMock, project: ProjectSlug
) -> None:
    httpx_mock.add_response(status_code=201, json={"message": "ok"})
    with pytest.raises(Unavailable) as raised:
        await circleci.trigger_pipeline(project, branch="main")
    assert raised.value.unknown is True


async def test_a_branch_and_a_tag_exclude_each_other(circleci: CircleCI) -> None:
    with pytest.raises(UsageError):
        await circleci.trigger_pipeline(WEB, branch="main", tag="v1")


async def test_pipelines_of_a_branch_are_asked_for_by_its_name(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=f"{V2}/project/gh/acme/web/pipeline?branch=feat%2Fx%26y", json={"items": [{"id": "1", "vcs": {}}]}
    )
    assert [one.id async for one in circleci.list_pipelines(WEB, branch="feat/x&y")] == ["1"]


async def test_my_pipelines_of_a_branch_are_filtered_by_us(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    items = [{"id": "1", "vcs": {"branch": "main"}}, {"id": "2", "vcs": {"branch": "other"}}]
    url = f"{V2}/project/gh/acme/web/pipeline/mine"
    httpx_mock.add_response(url=url, json={"items": items}, is_reusable=True)
    assert [one.id async for one in circleci.list_pipelines(WEB, branch="main", mine=True)] == ["1"]
    assert [one.id async for one in circleci.list_pipelines(WEB, mine=True)] == ["1", "2"]


async def test_an_organisations_pipelines_always_name_it(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=gh%2Facme", json={"items": [{"id": "1"}]})
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=gh%2Facme&mine=true", json={"items": [{"id": "2"}]})
    assert [one.id async for one in circleci.list_org_pipelines("gh/acme")] == ["1"]
    assert [one.id async for one in circleci.list_org_pipelines("gh/acme", mine=True)] == ["2"]


async def test_a_pipeline_is_found_by_its_number(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/project/gh/acme/web/pipeline/25", json={"id": "p-1", "number": 25})
    assert (await circleci.fetch_pipeline_by_number(WEB, 25)).id == "p-1"


async def test_no_workflows_yet_may_be_a_404(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404, json={"message": "Pipeline not found"})
    assert await circleci.list_pipeline_workflows("p-1") == []


async def test_a_pipeline_that_is_not_there_is_not_found(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404, json={"message": "Pipeline not found"})
    with pytest.raises(NotFound, match="Pipeline not found"):
        await circleci.fetch_pipeline("p-1")


async def test_pipeline_values_keep_their_types(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    values = {"pipeline.number": 25, "pipeline.git.branch": "main", "pipeline.parameters.deploy": True}
    httpx_mock.add_response(url=f"{V2}/pipeline/p-1/values", json=values)
    assert await circleci.fetch_pipeline_values("p-1") == values


async def test_recent_branches_come_newest_first_and_once(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    branches = ["b", "a", None, "b", "c"]
    items = [{"id": str(n), "vcs": {"branch": branch}} for n, branch in enumerate(branches)]
    httpx_mock.add_response(json={"items": items, "next_page_token": None})
    assert await circleci.list_recent_branches(WEB) == ["b", "a", "c"]
