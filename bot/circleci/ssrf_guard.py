"""Downloads lead outward: an address that somebody else wrote never leads to a machine of our own network.

It is looked at when a socket is opened, with what its name was resolved to for that very socket: a name that means
something else a moment later (DNS rebinding) gains nothing. Where CircleCI itself is inside, so may be its files.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp
import httpx
from aiohttp.abc import ResolveResult
from httpx_aiohttp import AiohttpTransport

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Judge = Callable[[Address], bool]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TRANSLATED = ipaddress.ip_network("::ffff:0:0:0/96")


class InternalAddressError(OSError):
    """An address of this machine or of the network around it."""

    def __init__(self) -> None:
        super().__init__("leads inside")


def is_internal(address: Address) -> bool:
    """Whether it is not one of the public internet: private, loopback, link-local, reserved, or one that holds such."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return is_internal(address.ipv4_mapped)
    return not address.is_global or address.is_multicast or any(map(is_internal, _list_embedded(address)))


def _list_embedded(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """What a gateway would make of it."""
    if isinstance(address, ipaddress.IPv6Address):
        yield from filter(None, (address.sixtofour, *(address.teredo or ())))
        if address in _NAT64 or address in _TRANSLATED:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


class GuardedTransport(AiohttpTransport):
    """`session` makes one with a connector that opens its sockets and resolves its names here.

    That connector says whom it trusts; the context made here trusts nobody and is for no connection.

    A proxy of the environment may be inside: it is the operator's, and so is what it lets through. What is written as
    an address it does not get either.
    """

    def __init__(
        self,
        base_url: str,
        session: Callable[[GuardedTransport], aiohttp.ClientSession],
        *,
        judge: Judge,
    ) -> None:
        super().__init__(client=lambda: session(self), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._base = urlsplit(base_url).hostname or ""
        self._judge = judge
        self._is_at_home = False
        self._proxies = {urlsplit(url).hostname: urlsplit(url).port for url in getproxies().values()}
        self._let: set[tuple[str, int]] = {(host, port) for host, port in self._proxies.items() if host and port}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises Inside. Only then is it asked whether CircleCI itself is inside."""
        try:
            return await self._send(request)
        except InternalAddressError:
            self._is_at_home = await self._is_circleci_internal()
            if not self._is_at_home:
                raise
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if _is_address(request.url.host):
            self._check_host(request.url.host)
        try:
            return await super().handle_async_request(request)
        except httpx.TransportError as error:
            if isinstance(getattr(error.__cause__, "os_error", None), InternalAddressError):
                raise InternalAddressError from None
            raise

    def open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """For aiohttp's connector. Raises Inside."""
        family, kind, protocol, _, where = info
        if (str(where[0]), int(where[1])) not in self._let:
            self._check_host(str(where[0]))
        return socket.socket(family, kind, protocol)

    def build_resolver(self) -> aiohttp.abc.AbstractResolver:
        return _ProxyNotingResolver(self._proxies, self._let)

    def _check_host(self, host: str) -> None:
        if not self._is_at_home and self._judge(ipaddress.ip_address(host.partition("%")[0])):
            raise InternalAddressError

    async def _is_circleci_internal(self) -> bool:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self._base, None, type=socket.SOCK_STREAM)
        except OSError:
            return False
        return any(self._judge(ipaddress.ip_address(str(where[0]).partition("%")[0])) for *_, where in found)


class _ProxyNotingResolver(aiohttp.ThreadedResolver):
    """Notes where the proxies are, which may be inside."""

    def __init__(self, proxies: dict[str | None, int | None], let: set[tuple[str, int]]) -> None:
        super().__init__()
        self._proxies = proxies
        self._let = let

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        if host in self._proxies:
            self._let |= {(one["host"], port) for one in found}
        return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
