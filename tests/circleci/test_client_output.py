"""Fetching the output of a step: from another host, without the token, and only its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.errors import Rejected, Unavailable
from bot.untrusted.shown_text import sanitize_excerpt


async def test_an_output_is_fetched_without_the_token(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    lines = [{"message": "one\r\n", "type": "out"}, {"message": "two", "type": "err"}]
    httpx_mock.add_response(url="https://store.test/1?sig=s", json=lines)
    assert json.loads((await circleci.fetch_output("https://store.test/1?sig=s")).raw) == lines
    assert "circle-token" not in httpx_mock.get_requests()[0].headers


async def test_an_output_follows_redirects_to_http_and_to_nothing_else(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url="https://store.test/1", status_code=302, headers={"location": "https://cdn.test/1"})
    httpx_mock.add_response(url="https://cdn.test/1", json=[{"message": "found"}])
    httpx_mock.add_response(url="https://store.test/2", status_code=302, headers={"location": "file:///etc/passwd"})
    assert json.loads((await circleci.fetch_output("https://store.test/1")).raw) == [{"message": "found"}]
    with pytest.raises(Unavailable):
        await circleci.fetch_output("https://store.test/2")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://store.test/1", "store", "http://[", "", "https://"])
async def test_an_address_that_is_not_http_is_never_opened(circleci: CircleCI, url: str) -> None:
    with pytest.raises(Unavailable):
        await circleci.fetch_output(url)


async def test_an_output_that_is_gone_says_so_without_its_address(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=403, content=b"<Error>Request has expired</Error>")
    with pytest.raises(Rejected) as raised:
        await circleci.fetch_output("https://store.test/1?sig=presigned")
    assert "presigned" not in raised.value.message


async def test_only_the_end_of_a_huge_output_is_kept(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    lines: list[dict[str, Any]] = [{"message": f"line {n}\n", "type": "out"} for n in range(150_000)]
    httpx_mock.add_response(content=json.dumps(lines).encode())
    end = await sanitize_excerpt(await circleci.fetch_output("https://store.test/1"), lines=2)
    assert end.lines == ("line 149998", "line 149999")
