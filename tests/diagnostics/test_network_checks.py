"""The way out as it fails: a proxy that wants a password or refuses, and one that is not there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.diagnostics.network_checks import check_proxy
from bot.operating.findings import format_line
from tests.plugins.programs import get_free_port, run_circlebot

SLACK = "https://slack.example/api/"


@contextlib.asynccontextmanager
async def proxy(answer: str) -> AsyncIterator[str]:
    """One that says the same to whatever it is asked."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def look(url: str, through: str | None) -> list[str]:
    return [format_line(one) async for one in check_proxy(url, through)]


@pytest.mark.parametrize("answer", ["407 Proxy Authentication Required", "403 Forbidden"])
@pytest.mark.parametrize("url", [SLACK, "http://circleci.example"])
async def test_a_proxy_that_refuses_is_named_with_what_it_says(answer: str, url: str) -> None:
    async with proxy(answer) as through:
        [told] = await look(url, through.replace("http://", "http://me:hidden-word@"))
    place, host = through.removeprefix("http://"), url.split("/")[2]
    assert told == (
        f"FAIL proxy — The proxy {place} does not let us through to {host} (HTTP {answer[:3]}); mend: Give it a user "
        f"(407), or let it pass {host} (403): `HTTPS_PROXY=http://USER:PASSWORD@{place}`."
    )
    assert "hidden-word" not in told


async def test_a_proxy_that_lets_us_through_and_none_at_all_are_no_symptom() -> None:
    async with proxy("200 OK") as through:
        assert await look("http://circleci.example", through) == []
    assert await look(SLACK, None) == []


async def test_a_proxy_that_is_not_there() -> None:
    [told] = await look(SLACK, f"http://127.0.0.1:{get_free_port()}")
    assert "(ClientProxyConnectionError); mend: " in told


async def test_the_command_reads_the_proxy_of_the_environment(tmp_path: Path) -> None:
    async with proxy("407 Proxy Authentication Required") as through:
        env = {"HTTPS_PROXY": through, "SLACK_API_URL": SLACK, "CIRCLECI_URL": "https://circleci.example"}
        done = await run_circlebot("doctor", env={**env, "SLACK_BOT_TOKEN": "xoxb-sandbox"}, cwd=tmp_path)
    told = [line for line in done.out.splitlines() if line.startswith("FAIL proxy")]
    assert ["slack.example (HTTP 407)" in told[0], "circleci.example (HTTP 407)" in told[1]] == [True, True]
    assert done.code == 1
