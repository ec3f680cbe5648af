from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.branch_history import LOOKS, fetch_branch_history
from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")


def _answer(httpx_mock: HTTPXMock, statuses: Sequence[str]) -> None:
    """A branch whose pipelines are so, newest first; the newest has the highest number."""
    numbered = list(zip(range(len(statuses), 0, -1), statuses, strict=True))
    items = [
        {"id": f"p-{number}", "number": number, "state": "created", "project_slug": "gh/acme/web", "errors": []}
        for number, _ in numbered
    ]
    page = re.compile(r".*/project/gh/acme/web/pipeline\?branch=topic")
    httpx_mock.add_response(url=page, json={"items": items, "next_page_token": None})
    for number, status in numbered:
        runs = [{"id": f"w-{number}", "name": "build", "status": status}]
        httpx_mock.add_response(
            url=re.compile(rf".*/pipeline/p-{number}/workflow.*"),
            json={"items": runs, "next_page_token": None},
            is_optional=True,
        )


@pytest.mark.parametrize(
    ("statuses", "red", "green"),
    [
        (["success", "failed"], [], 2),
        (["failed", "failed", "success", "failed"], [4, 3], 2),
        (["running", "success"], [], 1),
        (["canceled", "on_hold", "error", "not_run", "unauthorized", "success"], [4, 2], 1),
        (["failing", "success"], [2], 1),
        (["failed"] * 3, [3, 2, 1], None),
        (["running"], [], None),
    ],
)
async def test_a_branch_is_as_its_last_end_says(
    circleci: CircleCI, httpx_mock: HTTPXMock, statuses: list[str], red: list[int], green: int | None
) -> None:
    _answer(httpx_mock, statuses)
    found = await fetch_branch_history(circleci, WEB, "topic")
    assert found
    assert found.newest.pipeline.number == len(statuses)
    assert [one.pipeline.number for one in found.red] == red
    assert (found.green and found.green.pipeline.number) == green


async def test_a_green_branch_costs_two_requests(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _answer(httpx_mock, ["success"] * 20)
    await fetch_branch_history(circleci, WEB, "topic")
    assert len(httpx_mock.get_requests()) == 2


async def test_no_more_than_so_many_pipelines_are_looked_at(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _answer(httpx_mock, ["failed"] * (LOOKS + 10))
    found = await fetch_branch_history(circleci, WEB, "topic")
    assert found
    assert len(found.red) == LOOKS
    assert len(httpx_mock.get_requests()) == LOOKS + 1


async def test_a_branch_without_pipelines_has_no_history(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    _answer(httpx_mock, [])
    assert await fetch_branch_history(circleci, WEB, "topic") is None
