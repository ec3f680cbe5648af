from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import Unavailable

V2 = "https://circleci.test/api/v2"
WEB = ProjectSlug("gh", "acme", "web")
PIPELINES = f"{V2}/project/gh/acme/web/pipeline"


def page(*ids: str | None, token: str | None = None) -> dict[str, object]:
    return {"items": [{"id": each} for each in ids], "next_page_token": token}


async def _ids(circleci: CircleCI, **options: int) -> list[str]:
    return [pipeline.id async for pipeline in circleci.list_pipelines(WEB, **options)]


async def test_pages_follow_each_other_until_there_is_no_token(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=PIPELINES, json=page("1", "2", token="t+1/="))
    httpx_mock.add_response(url=f"{PIPELINES}?page-token=t%2B1%2F%3D", json=page("3"))
    assert await _ids(circleci) == ["1", "2", "3"]


async def test_no_page_is_asked_for_before_it_is_needed(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=PIPELINES, json=page("1", "2", token="more"))
    async for pipeline in circleci.list_pipelines(WEB):
        if pipeline.id == "2":
            break
    assert len(httpx_mock.get_requests()) == 1


async def test_the_number_of_pages_is_bounded(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    for number in range(20):
        httpx_mock.add_response(json=page(str(number), token=f"t{number}"))
    assert await _ids(circleci) == [str(number) for number in range(20)]


async def test_a_token_that_comes_back_ends_the_list(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=page("1", token="same"))
    httpx_mock.add_response(json=page("2", token="same"))
    assert await _ids(circleci) == ["1", "2"]


async def test_an_item_that_slid_onto_the_next_page_comes_once(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=page("9", "8", token="t"))
    httpx_mock.add_response(json=page("8", "7"))
    assert await _ids(circleci) == ["9", "8", "7"]


async def test_items_without_an_id_of_their_own_are_all_kept(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"items": [{"name": "a"}, {"name": "a"}]})
    assert len(await circleci.list_tests(WEB, 3)) == 2


async def test_decayed_items_with_a_null_id_are_left_out(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=page(None, "2"))
    assert [workflow.id for workflow in await circleci.list_pipeline_workflows("p-1")] == ["2"]


@pytest.mark.parametrize("body", [{"items": None}, {}, {"items": [], "next_page_token": None}])
async def test_an_empty_list_comes_in_many_shapes(
    circleci: CircleCI, httpx_mock: HTTPXMock, body: dict[str, object]
) -> None:
    httpx_mock.add_response(json=body)
    assert await _ids(circleci) == []


async def test_a_list_of_another_shape_is_unavailable(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"items": "none"})
    with pytest.raises(Unavailable):
        await _ids(circleci)
