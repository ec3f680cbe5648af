from __future__ import annotations

import logging

import httpx
import pytest
from pytest_httpx import HTTPXMock
from structlog.testing import capture_logs

from bot.circleci.client import CircleCI, CircleCIPool
from bot.domain import ProjectSlug
from bot.errors import (
    BotError,
    CircleCIError,
    NotConnected,
    NotFound,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)

V2 = "https://circleci.test/api/v2"
ME = {"id": "1", "login": "ada", "name": "Ada"}
WEB = ProjectSlug("gh", "acme", "web")


async def test_the_token_goes_out_as_a_header_and_nowhere_else(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/me", json=ME)
    me = await circleci.fetch_me()
    request = httpx_mock.get_requests()[0]
    assert (me.login, request.headers["Circle-Token"]) == ("ada", "CCIPAT_ada")
    assert "CCIPAT" not in str(request.url)
    assert "authorization" not in request.headers


async def test_two_people_share_the_pool_and_not_their_tokens(pool: CircleCIPool, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=ME, is_reusable=True)
    await pool.bind("CCIPAT_ada").fetch_me()
    await pool.bind("  CCIPAT_grace\n").fetch_me()
    assert [request.headers["Circle-Token"] for request in httpx_mock.get_requests()] == ["CCIPAT_ada", "CCIPAT_grace"]


async def test_a_cookie_of_one_person_never_goes_out_with_the_next_request(
    pool: CircleCIPool, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json=ME, headers={"Set-Cookie": "ring-session=ada; Path=/"}, is_reusable=True)
    await pool.bind("CCIPAT_ada").fetch_me()
    await pool.bind("CCIPAT_grace").fetch_me()
    assert [request.headers.get("cookie") for request in httpx_mock.get_requests()] == [None, None]


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_nothing_is_asked(pool: CircleCIPool, token: str | None, httpx_mock: HTTPXMock) -> None:
    with pytest.raises(NotConnected):
        await pool.bind(token).fetch_me()
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize("token", ["CCIPAT ada", "CCIPAT\nada", "tökén", "\ud800"])
async def test_what_cannot_be_a_token_is_refused_without_asking(
    pool: CircleCIPool, token: str, httpx_mock: HTTPXMock
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await pool.bind(token).fetch_me()
    assert token not in refused.value.message
    assert httpx_mock.get_requests() == []


def test_a_client_does_not_show_its_token(circleci: CircleCI) -> None:
    assert repr(circleci) == "CircleCI('https://circleci.test')"


async def test_every_segment_of_a_path_is_encoded_by_itself(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"slug": "gh/a b/c%2Fd"})
    await circleci.fetch_project(ProjectSlug("gh", "a b", "c/d?x#y"))
    assert httpx_mock.get_requests()[0].url.raw_path == b"/api/v2/project/gh/a%20b/c%2Fd%3Fx%23y"


@pytest.mark.parametrize("name", ["..", ".", ""])
async def test_a_name_cannot_climb_out_of_its_path(circleci: CircleCI, name: str, httpx_mock: HTTPXMock) -> None:
    with pytest.raises(NotFound):
        await circleci.fetch_pipeline(name)
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, Unauthorized),
        (403, Rejected),
        (404, NotFound),
        (405, Rejected),
        (408, Unavailable),
        (409, Rejected),
        (418, Rejected),
        (429, RateLimited),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (301, Unavailable),
        (302, Unavailable),
        (599, Unavailable),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_status_is_an_error_of_ours(
    circleci: CircleCI, httpx_mock: HTTPXMock, status: int, kind: type[CircleCIError], method: str
) -> None:
    httpx_mock.add_response(
        status_code=status, json={"message": "No."}, headers={"x-request-id": "r-1"}, is_reusable=True
    )
    with pytest.raises(CircleCIError) as raised:
        await circleci.request("me", method=method)
    assert type(raised.value) is kind
    assert (raised.value.status, raised.value.request_id) == (status, "r-1")


@pytest.mark.parametrize(
    ("method", "status", "unknown"), [("POST", 503, True), ("POST", 302, False), ("GET", 503, False)]
)
async def test_only_a_write_that_may_have_happened_is_unknown(
    circleci: CircleCI, httpx_mock: HTTPXMock, method: str, status: int, *, unknown: bool
) -> None:
    httpx_mock.add_response(status_code=status, is_reusable=True)
    with pytest.raises(Unavailable) as raised:
        await circleci.request("workflow", "1", "cancel", method=method)
    assert raised.value.unknown is unknown
    assert ("unknown whether it happened" in raised.value.message) is unknown


@pytest.mark.parametrize(
    "body", [b"", b"<html>captive portal</html>", b"{", b"[1]", b"null", b'{"id": {}}', b"\xff\xfe"]
)
async def test_an_answer_that_is_not_the_apis_json_is_unavailable(
    circleci: CircleCI, httpx_mock: HTTPXMock, body: bytes
) -> None:
    httpx_mock.add_response(content=body)
    with pytest.raises(Unavailable) as raised:
        await circleci.fetch_me()
    assert raised.value.unknown is False


async def test_a_broken_answer_to_a_write_leaves_it_unknown(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=202, content=b"<html>")
    with pytest.raises(Unavailable) as raised:
        await circleci.rerun_workflow("w-1")
    assert raised.value.unknown is True


async def test_a_write_whose_answer_nobody_needs_is_not_asked_for_json(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(status_code=202, content=b"")
    await circleci.cancel_workflow("w-1")
    assert httpx_mock.get_requests()[0].method == "POST"


async def test_a_redirect_is_not_followed_with_the_token(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=307, headers={"location": "https://elsewhere.test/api/v2/me"})
    with pytest.raises(Unavailable, match="CIRCLECI_URL"):
        await circleci.fetch_me()
    assert [request.url.host for request in httpx_mock.get_requests()] == ["circleci.test"]


async def test_a_token_that_circleci_repeats_is_masked(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=400, json={"message": "Bad header CCIPAT_ada given"})
    with pytest.raises(Rejected) as raised:
        await circleci.fetch_me()
    assert "CCIPAT" not in raised.value.message
    assert "Bad header ****" in raised.value.message


async def test_a_token_outlives_no_error(httpx_mock: HTTPXMock, circleci: CircleCI) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("CCIPAT_ada in https://circleci.test/?x"))
    with pytest.raises(Unavailable) as raised:
        await circleci.fetch_me()
    error: BaseException | None = raised.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "CCIPAT" not in str(error)


# Budget, deprecations, metrics, logs


async def test_what_circleci_says_about_the_budget_is_kept_for_each_token(
    pool: CircleCIPool, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json=ME, headers={"RateLimit-Remaining": "7", "RateLimit-Reset": "30"})
    ada, grace = pool.bind("CCIPAT_ada"), pool.bind("CCIPAT_grace")
    assert ada.budget is None
    await ada.fetch_me()
    assert ada.budget is not None
    assert (ada.budget.remaining, ada.budget.reset_at_s) == (7, pool.clock.now().timestamp() + 30)
    assert pool.bind("CCIPAT_ada").budget == ada.budget
    assert grace.budget is None


async def test_a_route_that_will_go_away_is_announced_once(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=ME, headers={"Sunset": "Tue, 01 Jun 2027 00:00:00 GMT"}, is_reusable=True)
    with capture_logs() as logs:
        await circleci.fetch_me()
        await circleci.fetch_me()
    assert [entry["route"] for entry in logs] == ["api/v2/me"]
    assert "2027" in logs[0]["sunset"]


async def test_every_answer_is_counted_by_its_status(httpx_mock: HTTPXMock) -> None:
    heard: list[int] = []
    pool = CircleCIPool("https://circleci.test", transport=httpx.AsyncHTTPTransport(), answered=heard.append)
    httpx_mock.add_response(json=ME)
    httpx_mock.add_response(status_code=404)
    httpx_mock.add_exception(httpx.ReadTimeout("late"))
    for _ in range(3):
        try:
            await pool.bind("CCIPAT_ada").fetch_me()
        except BotError:
            continue
    await pool.close()
    assert heard == [200, 404, 0]


async def test_neither_token_nor_presigned_address_is_logged(
    circleci: CircleCI, httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpx_retries", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING
    httpx_mock.add_response(url=f"{V2}/me", status_code=429, headers={"Retry-After": "1"})
    httpx_mock.add_response(url=f"{V2}/me", json=ME)
    httpx_mock.add_response(url="https://store.test/1?sig=presigned", json=[{"message": "hello"}])
    await circleci.fetch_me()
    await circleci.fetch_output("https://store.test/1?sig=presigned")
    assert "CCIPAT" not in caplog.text
    assert "presigned" not in caplog.text
