"""v3 is asked once whether it is there, in its own way; whatever it answers, what v2 can tell is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.models.v3_models import Reference
from bot.circleci.v3_host import ASIDE_FOR, SLOW
from bot.errors import CircleCIError
from tests.circleci.conftest import StandingClock
from tests.plugins.app_server import get_ssl_context

BASE = "https://circleci.test/api/v3"
ME = f"{BASE}/users?filter%5Buser_id%5D=me"
PAGE = {"content-type": "text/html; charset=utf-8"}
PEOPLE = {"data": [{"id": "a", "attributes": {"login": "ada"}}], "page": {"next": None}}


@pytest.fixture
def fallbacks() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def pool(clock: StandingClock, fallbacks: list[tuple[str, str]]) -> AsyncIterator[CircleCIPool]:
    pool = CircleCIPool(
        "https://circleci.test",
        clock=clock,
        transport=httpx.AsyncHTTPTransport(verify=get_ssl_context()),
        v3="on",
        fell_back=lambda family, reason: fallbacks.append((family, reason)),
    )
    yield pool
    await pool.close()


async def list_people(circleci: CircleCI, family: str = "people") -> list[Reference] | None:
    return await circleci.ask_v3(family, lambda: circleci.list_v3(Reference, "people"))


async def test_a_question_follows_one_probe_and_carries_a_bearer_token_alone(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=ME, json=PEOPLE)
    httpx_mock.add_response(url=f"{BASE}/people", json=PEOPLE, is_reusable=True)
    assert [person.id for person in await list_people(circleci) or ()] == ["a"]
    await list_people(circleci)
    requests = httpx_mock.get_requests()
    assert [request.url.path for request in requests] == ["/api/v3/users", "/api/v3/people", "/api/v3/people"]
    assert {request.headers["authorization"] for request in requests} == {"Bearer CCIPAT_ada"}
    assert not any("circle-token" in request.headers for request in requests)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"message": "Not found"}),
        httpx.Response(500, json={"message": "oops"}),
        httpx.Response(410),
        httpx.Response(200, text="<html>a page</html>", headers=PAGE),
        httpx.Response(200, json={"items": []}),
        httpx.Response(200, text="OK"),
    ],
    ids=["404", "500", "410", "a page", "another shape", "no JSON"],
)
async def test_a_host_that_answers_the_probe_otherwise_has_none(
    circleci: CircleCI, httpx_mock: HTTPXMock, fallbacks: list[tuple[str, str]], answer: httpx.Response
) -> None:
    httpx_mock.add_callback(lambda _request: answer, url=ME)
    assert await list_people(circleci) is None
    assert await list_people(circleci) is None
    assert len(httpx_mock.get_requests()) == 1
    assert fallbacks == []


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(503, text="<html>busy</html>", headers=PAGE), httpx.Response(500), httpx.ReadTimeout("late")],
    ids=["a page of 503", "500", "none"],
)
async def test_trouble_at_the_probe_leaves_v3_alone_for_a_minute_and_for_everybody(
    pool: CircleCIPool, httpx_mock: HTTPXMock, clock: StandingClock, answer: httpx.Response | httpx.ReadTimeout
) -> None:
    answers = [answer, httpx.Response(200, json=PEOPLE)]
    httpx_mock.add_callback(lambda _request: _give(answers.pop(0)), url=ME, is_reusable=True)
    httpx_mock.add_response(url=f"{BASE}/people", json=PEOPLE)
    assert await list_people(pool.bind("CCIPAT_ada")) is None
    assert await list_people(pool.bind("CCIPAT_grace")) is None
    assert len(answers) == 1
    clock.at += ASIDE_FOR
    assert await list_people(pool.bind("CCIPAT_ada")) is not None


def _give(answer: httpx.Response | httpx.ReadTimeout) -> httpx.Response:
    if isinstance(answer, httpx.ReadTimeout):
        raise answer
    return answer


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_a_token_that_is_refused_says_nothing_of_the_host(
    pool: CircleCIPool, httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(url=ME, match_headers={"Authorization": "Bearer CCIPAT_ada"}, status_code=status)
    httpx_mock.add_response(url=ME, match_headers={"Authorization": "Bearer CCIPAT_grace"}, json=PEOPLE)
    httpx_mock.add_response(url=f"{BASE}/people", json=PEOPLE, is_reusable=True)
    assert await list_people(pool.bind("CCIPAT_ada")) is None
    assert await list_people(pool.bind("CCIPAT_grace")) is not None
    assert await list_people(pool.bind("CCIPAT_ada")) is not None


ODD = {
    "gone": httpx.Response(410, json={"error": {"type": "gone", "detail": "Gone"}}),
    "missing": httpx.Response(404, json={"error": {"type": "not_found", "detail": "Nothing"}}),
    "refused": httpx.Response(400, json={"error": {"type": "validation_error", "detail": "Invalid page size"}}),
    "limited": httpx.Response(429, headers={"retry-after": "60"}),
    "unreadable": httpx.Response(200, json={"data": [{"attributes": {}}]}),
    "unavailable": httpx.Response(503, text="<html>busy</html>", headers=PAGE),
}


@pytest.mark.parametrize("reason", ODD)
async def test_an_answer_that_is_no_use_is_counted_and_said_once(
    circleci: CircleCI,
    httpx_mock: HTTPXMock,
    fallbacks: list[tuple[str, str]],
    clock: StandingClock,
    reason: str,
) -> None:
    httpx_mock.add_response(url=ME, json=PEOPLE)
    httpx_mock.add_callback(lambda _request: ODD[reason], url=f"{BASE}/people", is_reusable=True)
    with structlog.testing.capture_logs() as logged:
        assert await list_people(circleci) is None
        pool_error = await _ask_directly(circleci)
        circleci.record_fallback("people", pool_error)
    assert fallbacks == [("people", reason)] * 2
    said = [line for line in logged if line["event"] == "circleci.fell_back"]
    assert [line["reason"] for line in said] == [reason]


async def _ask_directly(circleci: CircleCI) -> CircleCIError:
    with pytest.raises(CircleCIError) as raised:
        await circleci.list_v3(Reference, "people")
    return raised.value


async def test_v3_that_hangs_is_asked_once_and_then_left_alone_for_a_while(
    circleci: CircleCI, httpx_mock: HTTPXMock, fallbacks: list[tuple[str, str]]
) -> None:
    httpx_mock.add_response(url=ME, json=PEOPLE)
    httpx_mock.add_exception(httpx.ReadTimeout("late"), url=f"{BASE}/people")
    assert await list_people(circleci) is None
    assert await list_people(circleci) is None
    assert fallbacks == [("people", "unavailable")]


@pytest.mark.parametrize(("family", "asked"), [("output", 1), ("runs", 2)])
async def test_a_late_answer_in_the_way_of_an_outcome_is_taken_and_the_next_left_to_v2(
    circleci: CircleCI, httpx_mock: HTTPXMock, clock: StandingClock, *, family: str, asked: int
) -> None:
    def answer_late(_request: httpx.Request) -> httpx.Response:
        clock.at += SLOW
        return httpx.Response(200, json=PEOPLE)

    httpx_mock.add_response(url=ME, json=PEOPLE)
    httpx_mock.add_callback(answer_late, url=f"{BASE}/people", is_reusable=True)
    assert await list_people(circleci, family) is not None
    assert (await list_people(circleci, family) is None) is (asked == 1)
    assert len(httpx_mock.get_requests(url=f"{BASE}/people")) == asked


async def test_a_limit_of_v3_takes_nothing_of_what_the_token_may_ask_v2(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    headers = {"retry-after": "60", "ratelimit-remaining": "0", "ratelimit-reset": "60"}
    httpx_mock.add_response(url=ME, status_code=429, headers=headers)
    assert await list_people(circleci) is None
    assert circleci.budget is None


async def test_pages_are_followed_until_a_cursor_repeats(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{BASE}/people", json={"data": [{"id": "a"}], "page": {"next": "b+/="}})
    again = {"data": [{"id": "b"}, {"odd": True}], "page": {"next": "b+/="}}
    httpx_mock.add_response(url=f"{BASE}/people?page%5Bcursor%5D=b%2B%2F%3D", json=again)
    found = await circleci.list_v3(Reference, "people")
    assert ([person.id for person in found], found.left_out, found.is_cut) == (["a", "b"], 1, False)


async def test_a_search_is_a_read_that_pages_in_its_body(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    pages = [{"data": [{"id": "a"}], "page": {"next": "n"}}, {"data": [{"id": "b"}]}]
    for body, page in zip([{"limit": 20}, {"limit": 20, "cursor": "n"}], pages, strict=True):
        httpx_mock.add_response(url=f"{BASE}/search", match_json={"scope": {}, "page": body}, json=page)
    found = await circleci.find_v3(Reference, "search", body={"scope": {}})
    assert [person.id for person in found] == ["a", "b"]
    assert circleci.changes == []


async def test_lines_that_cannot_be_read_are_left_out_unless_none_can(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=f"{BASE}/lines", content=b'{"id": "a"}\n\n{"id": \n[]\n{"id": "b"}\n')
    found = await circleci.list_v3_lines(Reference, "lines")
    assert ([person.id for person in found], found.left_out) == (["a", "b"], 2)
    httpx_mock.add_response(url=f"{BASE}/lines", content=b"not\nJSON\n")
    with pytest.raises(CircleCIError):
        await circleci.list_v3_lines(Reference, "lines")
    httpx_mock.add_response(url=f"{BASE}/lines", content=b"")
    assert await circleci.list_v3_lines(Reference, "lines") == []
