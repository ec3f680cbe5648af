"""No address of an output or an artifact, and no redirect from there, makes us speak to a machine of our own network.

In these tests 127.0.0.1 stands for the internet, and 127.0.0.2 for a machine beside us.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.client import CircleCIPool
from bot.circleci.ssrf_guard import Address, is_internal
from bot.circleci.transport import build_download_transport
from bot.errors import Unavailable
from bot.untrusted.step_output import StepOutput
from tests.plugins.each_case import each_case

INSIDE = "127.0.0.2"
OUR_NETWORKS = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
OUR_NETWORKS += ["192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"]


def _of(network: str) -> st.SearchStrategy[Any]:
    return st.ip_addresses(network=network)


@given(address=st.one_of([_of(one) for one in OUR_NETWORKS]))
def test_private_addresses_are_inside_however_they_are_wrapped(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [f"::ffff:{address}", f"64:ff9b::{address}", f"::ffff:0:{address}"]
    wrapped += [str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)))]
    assert all(is_internal(one) for one in [address, *map(ipaddress.ip_address, wrapped)])


@each_case("text", ["::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"])
def test_so_are_those_of_ipv6(text: str) -> None:
    assert is_internal(ipaddress.ip_address(text))


@each_case("text", ["8.8.8.8", "104.18.2.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_the_internet_is_not(text: str) -> None:
    assert not is_internal(ipaddress.ip_address(text))


@dataclass
class Server:
    """Answers everything alike, and remembers who asked for what."""

    answer: bytes
    asked: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
            head = self.asked[-1].startswith("HEAD ")
            writer.write(self.answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head else self.answer)
            await writer.drain()
        writer.close()


def said(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()


def leading(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


@contextlib.asynccontextmanager
async def a_server(host: str, answer: bytes) -> AsyncIterator[tuple[Server, str]]:
    server = Server(answer)
    async with await asyncio.start_server(server.talk, sock=socket.create_server((host, 0))) as listening:
        yield server, f"{host}:{listening.sockets[0].getsockname()[1]}"


@contextlib.asynccontextmanager
async def a_pool(base_url: str) -> AsyncIterator[CircleCIPool]:
    def judge(address: Address) -> bool:
        return (getattr(address, "ipv4_mapped", None) or address) == ipaddress.ip_address(INSIDE)

    async def nap(_seconds: float) -> None:
        return None

    pool = CircleCIPool(base_url, transport=build_download_transport(base_url, judge), sleep=nap)
    yield pool
    await pool.close()


async def every_way(pool: CircleCIPool, url: str) -> list[object]:
    """What comes of a step's output, of an artifact, and of its size."""

    async def output() -> bytes:
        return (await pool.fetch_output(url, StepOutput())).raw

    artifact = pool.downloads.fetch(url, "CCIPAT_ada", most_bytes=100, on_progress=None)
    ways = (output(), artifact, pool.downloads.fetch_size(url, "CCIPAT_ada"))
    return [(await asyncio.gather(way, return_exceptions=True))[0] for way in ways]


def refused(found: list[object], *, by_number: bool) -> bool:
    """aiohttp takes no bare number for a host."""
    why = "could not be reached" if by_number else "inside of this network"
    return all(isinstance(one, Unavailable) and why in one.message for one in found)


@pytest.mark.parametrize(
    "written",
    ["http://127.0.0.2:{port}/x", "http://[::ffff:127.0.0.2]:{port}/x", "http://2130706434:{port}/x", "//{where}"],
)
async def test_a_redirect_that_leads_inside_is_not_followed(written: str) -> None:
    async with a_server(INSIDE, said("a secret")) as (inside, where):
        to = written.format(port=where.partition(":")[2], where=where)
        async with a_server("127.0.0.1", leading(to)) as (_, outside), a_pool(f"http://{outside}") as pool:
            found = await every_way(pool, f"http://{outside}/file")
    assert inside.asked == []
    assert refused(found, by_number="2130706434" in written), found


async def test_nor_is_an_address_that_leads_there_at_once_by_whatever_name() -> None:
    async with a_server("127.0.0.1", said("a secret")) as (inside, where):
        pool = CircleCIPool("https://circleci.invalid")
        port = where.partition(":")[2]
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            found = await every_way(pool, f"http://{host}:{port}/file")
            assert refused(found, by_number=host.isdecimal()), (host, found)
        await pool.close()
    assert inside.asked == []


async def test_where_circleci_is_inside_so_are_its_files() -> None:
    async with a_server(INSIDE, said("a log")) as (_, where), a_pool(f"http://{where}") as pool:
        assert await every_way(pool, f"http://{where}/file") == [b"a log", b"a log", 5]


async def test_what_leads_outward_is_followed() -> None:
    async with (
        a_server("127.0.0.1", said("a log")) as (_, there),
        a_server("127.0.0.1", leading(f"http://{there}/x")) as (_, here),
        a_pool(f"http://{here}") as pool,
    ):
        assert await every_way(pool, f"http://{here}/file") == [b"a log", b"a log", 5]


async def test_a_proxy_may_be_inside_and_is_not_asked_for_addresses_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(INSIDE, said("a log")) as (proxy, where):
        monkeypatch.setenv("http_proxy", f"http://{where}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with a_pool("https://circleci.invalid") as pool:
            assert await every_way(pool, "http://files.example/x") == [b"a log", b"a log", 5]
            found = await every_way(pool, f"http://{INSIDE}:80/x")
    assert all(isinstance(one, Unavailable) for one in found)
    assert [line.split()[1] for line in proxy.asked] == ["http://files.example/x"] * 3
