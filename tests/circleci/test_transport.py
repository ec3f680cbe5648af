"""The transport that is really used, against a server that says exactly what a test wants, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.circleci.client import CircleCI, CircleCIPool
from bot.domain import ProjectSlug
from bot.errors import Unavailable
from tests.plugins.app_server import open_socket

WEB = ProjectSlug("gh", "acme", "web")
CUT = b""
"""An answer that is none: the connection is closed as soon as the request was read."""


@dataclass
class Server:
    """Answers each request with the next of `answers`, and remembers the requests' first lines, heads and bodies."""

    answers: list[bytes]
    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sizes = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length:")]
        self.lines.append(head.splitlines()[0])
        self.heads.append(head.lower())
        self.bodies.append(await reader.readexactly(int(sizes[0])) if sizes else b"")
        answer = self.answers.pop(0)
        writer.write(answer)
        await writer.drain()
        return answer.endswith(b"}") and b"\r\nContent-Length:" in answer


def answer(body: str, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


ME = answer('{"id": "1", "login": "ada"}')


@contextlib.asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[Server, str]]:
    server = Server(list(answers))
    async with await asyncio.start_server(server.talk, sock=open_socket()) as listening:
        yield server, f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@contextlib.asynccontextmanager
async def talking(*answers: bytes) -> AsyncIterator[tuple[Server, CircleCI]]:
    async with answering(*answers) as (server, where), asking(f"http://{where}") as circleci:
        yield server, circleci


@contextlib.asynccontextmanager
async def asking(base_url: str) -> AsyncIterator[CircleCI]:
    async def nap(_seconds: float) -> None:
        return None

    pool = CircleCIPool(base_url, sleep=nap)
    try:
        yield pool.bind("CCIPAT_ada")
    finally:
        await pool.close()


async def test_a_connection_is_used_again() -> None:
    async with talking(ME, ME) as (server, circleci):
        await circleci.fetch_me()
        await circleci.fetch_me()
    assert server.lines == ["GET /api/v2/me HTTP/1.1"] * 2
    assert "circle-token: ccipat_ada" in server.heads[0]


async def test_paths_and_queries_arrive_as_they_were_encoded() -> None:
    page = answer('{"items": [], "next_page_token": "a+b/c=&d%2F e"}')
    async with talking(answer('{"slug": "x"}'), page, answer('{"items": []}')) as (server, circleci):
        await circleci.fetch_project(ProjectSlug("gh", "acme", "a/b c%2F"))
        assert [one async for one in circleci.list_pipelines(WEB, branch="feat/ü&x=1")] == []
    assert server.lines[0] == "GET /api/v2/project/gh/acme/a%2Fb%20c%252F HTTP/1.1"
    assert "branch=feat%2F%C3%BC%26x%3D1" in server.lines[1].replace("feat/", "feat%2F")
    assert "page-token=a%2Bb%2Fc%3D%26d%252F" in server.lines[2].replace("b/c", "b%2Fc").replace("c=", "c%3D")


async def test_a_body_arrives_as_json_with_real_booleans() -> None:
    async with talking(answer('{"id": "p-1", "number": 7}', "201 Created")) as (server, circleci):
        await circleci.trigger_pipeline(
            WEB, branch="main", parameters={"deploy": True, "replicas": 3, "image-tag": "4.8"}
        )
    assert server.bodies == [b'{"branch":"main","parameters":{"deploy":true,"replicas":3,"image-tag":"4.8"}}']


async def test_a_write_that_was_taken_and_then_cut_is_not_repeated_and_unknown() -> None:
    async with talking(CUT, CUT, CUT, CUT) as (server, circleci):
        with pytest.raises(Unavailable) as raised:
            await circleci.approve_job("w-1", "a-1")
    assert raised.value.unknown is True
    assert server.lines == ["POST /api/v2/workflow/w-1/approve/a-1 HTTP/1.1"]


async def test_a_write_cut_on_a_connection_that_had_worked_before_is_unknown_too() -> None:
    async with talking(ME, CUT, ME) as (server, circleci):
        await circleci.fetch_me()
        with pytest.raises(Unavailable) as raised:
            await circleci.cancel_workflow("w-1")
    assert raised.value.unknown is True
    assert len(server.lines) == 2


async def test_a_read_that_was_cut_is_asked_again() -> None:
    async with talking(CUT, CUT, ME) as (server, circleci):
        assert (await circleci.fetch_me()).login == "ada"
    assert len(server.lines) == 3


async def test_a_read_cut_in_the_middle_of_its_body_is_asked_again() -> None:
    async with talking(ME[:-5], ME) as (server, circleci):
        assert (await circleci.fetch_me()).login == "ada"
    assert len(server.lines) == 2


async def test_a_write_cut_in_the_middle_of_its_answer_is_unknown() -> None:
    async with talking(answer('{"workflow_id": "w-2"}', "202 Accepted")[:-4]) as (server, circleci):
        with pytest.raises(Unavailable) as raised:
            await circleci.rerun_workflow("w-1")
    assert raised.value.unknown is True
    assert len(server.lines) == 1


@pytest.mark.parametrize(
    "garbage",
    [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n", b"\x00" * 64],
)
async def test_what_is_no_http_at_all_is_unavailable(garbage: bytes) -> None:
    async with talking(*[garbage] * 8) as (server, circleci):
        with pytest.raises(Unavailable):
            await circleci.fetch_me()
        count = len(server.lines)
        with pytest.raises(Unavailable) as raised:
            await circleci.cancel_workflow("w-1")
    assert raised.value.unknown is True
    assert len(server.lines) == count + 1


async def test_a_broken_compression_is_unavailable() -> None:
    async with talking(*[answer("not gzip", "200 OK", "Content-Encoding: gzip")] * 4) as (_server, circleci):
        with pytest.raises(Unavailable):
            await circleci.fetch_me()


async def test_what_is_packed_on_the_way_is_unpacked() -> None:
    packed = gzip.compress(b'{"id": "1", "login": "ada"}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    async with talking(head.encode() + packed) as (server, circleci):
        assert (await circleci.fetch_me()).login == "ada"
    assert "accept-encoding: gzip, deflate\r\n" in server.heads[0]


async def test_a_redirect_is_not_followed_by_this_transport_either() -> None:
    async with talking(answer("", "307 Temporary Redirect", "Location: /elsewhere")) as (server, circleci):
        with pytest.raises(Unavailable, match="CIRCLECI_URL"):
            await circleci.fetch_me()
    assert len(server.lines) == 1


async def test_a_proxy_of_the_environment_is_asked_in_place_of_circleci(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(ME) as (proxy, where):
        monkeypatch.setenv("http_proxy", f"http://ada:pass@{where}")
        async with asking("http://circleci.test") as circleci:
            assert (await circleci.fetch_me()).login == "ada"
    assert proxy.lines == ["GET http://circleci.test/api/v2/me HTTP/1.1"]
    assert "proxy-authorization: basic" in proxy.heads[0]


@pytest.mark.parametrize("spared", ["circleci.invalid", ".invalid", "*"])
async def test_what_the_environment_spares_the_proxy_does_not_see(monkeypatch: pytest.MonkeyPatch, spared: str) -> None:
    async with answering(ME) as (proxy, where):
        monkeypatch.setenv("http_proxy", f"http://{where}")
        monkeypatch.setenv("no_proxy", spared)
        async with asking("http://circleci.invalid") as circleci:
            with pytest.raises(Unavailable, match="could not be reached"):
                await circleci.fetch_me()
    assert proxy.lines == []


async def test_a_circleci_on_this_machine_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.invalid")
    async with talking(ME) as (_server, circleci):
        assert (await circleci.fetch_me()).login == "ada"


async def test_no_request_waits_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiohttp by itself looks into the environment and a netrc before each request, in threads: twice our CPU."""
    async with answering(ME, ME, ME) as (_proxy, where):
        monkeypatch.setenv("http_proxy", f"http://{where}")
        async with asking("http://circleci.test") as circleci:
            with _CountingThreads() as threads:
                asyncio.get_running_loop().set_default_executor(threads)
                for _ in range(3):
                    await circleci.fetch_me()
    assert threads.asked == 0


async def test_a_cookie_is_not_kept_by_this_transport_either() -> None:
    baked = answer('{"id": "1"}', "200 OK", "Set-Cookie: ring=ada; Path=/")
    async with talking(baked, ME) as (server, circleci):
        await circleci.fetch_me()
        await circleci.fetch_me()
    assert ["cookie:" in head for head in server.heads] == [False, False]


async def test_nobody_listening_is_not_unknown() -> None:
    listening = open_socket()
    port = listening.getsockname()[1]
    listening.close()
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    pool = CircleCIPool(f"http://127.0.0.1:{port}", sleep=nap)
    with pytest.raises(Unavailable) as raised:
        await pool.bind("CCIPAT_ada").cancel_workflow("w-1")
    await pool.close()
    assert (raised.value.unknown, len(naps)) == (False, 3)


async def test_a_name_that_does_not_resolve_is_not_unknown() -> None:
    async def nap(_seconds: float) -> None:
        return None

    pool = CircleCIPool("https://circleci.invalid", sleep=nap)
    with pytest.raises(Unavailable, match="could not be reached") as raised:
        await pool.bind("CCIPAT_ada").cancel_workflow("w-1")
    await pool.close()
    assert raised.value.unknown is False


@pytest.mark.parametrize("base", ["ftp://circleci.test", "circleci.test", "http://"])
async def test_a_base_that_is_no_address_is_unavailable(base: str) -> None:
    async def nap(_seconds: float) -> None:
        return None

    pool = CircleCIPool(base, sleep=nap)
    with pytest.raises(Unavailable) as raised:
        await pool.bind("CCIPAT_ada").cancel_workflow("w-1")
    await pool.close()
    assert raised.value.unknown is False


class _CountingThreads(ThreadPoolExecutor):
    asked = 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked += 1
        return super().submit(*args, **kwargs)
