"""Every question that the client asks of v3, and every answer that it reads, against the table of its operations."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.api_request import V2, ApiResponse, Part
from bot.circleci.client import CircleCI, CircleCIPool
from bot.errors import CircleCIError
from tests.circleci.conftest import StandingClock
from tests.circleci.test_odd_answers import GONE, ODD, iterate_places, replace_place
from tests.circleci.v3_calls import CALLS
from tests.contracts import circleci_v3
from tests.plugins.app_server import get_ssl_context


class V3ByTheBook:
    """Refuses whatever the table does not allow, and answers samples of what it promises."""

    def __init__(self, *, full: bool) -> None:
        self.full = full
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        assert path.startswith("/api/v3/"), f"{path} is not of v3, so that v3's answer was no use"
        name = circleci_v3.find_operation(request.method, path.removeprefix("/api/v3"))
        assert name, f"{request.method} {path} is no operation of API v3"
        assert list(circleci_v3.iter_complaints_about_request(name, request)) == []
        self.asked.append(name)
        return circleci_v3.build_answer(name, full=self.full)


@pytest.fixture
async def circleci(clock: StandingClock) -> CircleCI:
    transport = httpx.AsyncHTTPTransport(verify=get_ssl_context())
    return CircleCIPool("https://circleci.test", clock=clock, transport=transport, v3="on").bind("CCIPAT_ada")


@pytest.mark.parametrize("full", [True, False], ids=["everything", "the least"])
@pytest.mark.parametrize("name", CALLS)
async def test_a_question_is_allowed_and_its_answer_is_read(
    circleci: CircleCI, httpx_mock: HTTPXMock, name: str, *, full: bool
) -> None:
    operation, call = CALLS[name]
    book = V3ByTheBook(full=full)
    httpx_mock.add_callback(book, is_reusable=True)
    assert await call(circleci) is not None
    assert set(book.asked) - {"GET /users"} == {operation} - {"GET /users"}


def test_every_operation_of_the_table_is_asked_and_says_how_sure_it_is() -> None:
    assert {operation for operation, _call in CALLS.values()} == set(circleci_v3.OPERATIONS)
    for row in circleci_v3.list_rows():
        assert all(row)
        assert row[-1] in {"high", "medium"}


class OddV3(CircleCI):
    """v3 answers its sample with something else in one place of it; v2 answers that there is nothing."""

    def __init__(self, answer: bytes, media_type: str) -> None:
        unused = httpx.MockTransport(lambda request: httpx.Response(500, request=request))
        super().__init__(CircleCIPool("https://circleci.test", transport=unused), "CCIPAT_ada")
        self._answer, self._media_type = answer, media_type

    async def has_v3(self, family: str) -> bool:
        return True

    async def request(self, *path: Part, method: str = "GET", api: str = V2, **asked: Any) -> ApiResponse:
        if api == V2:
            return ApiResponse(200, b'{"items": []}', wrote=False, request_id=None)
        return ApiResponse(200, self._answer, wrote=False, request_id=None, media_type=self._media_type)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "condensed output"])
async def test_whatever_stands_in_a_place_of_an_answer_it_is_read_or_left_to_v2(name: str) -> None:
    operation, call = CALLS[name]
    usual = circleci_v3.build_answer(operation, full=True)
    body = json.loads(usual.text)
    for place in iterate_places(body):
        for odd in (*ODD, 1e400, -(10**30), "\ud800", GONE):
            answer = json.dumps(replace_place(body, place, odd)).encode()
            with suppress(CircleCIError):
                await call(OddV3(answer, "application/json"))
