"""The connections of httpx are aiohttp's, whose pool does not slow down as it fills (facts/performance.md).

The API's answers are short and many, and are read at once. Outputs and artifacts are long, lie anywhere, and are
streamed.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp.transport import map_aiohttp_exceptions
from httpx_retries import RetryTransport

from bot import __version__
from bot.circleci.http_errors import add_doubt
from bot.circleci.ssrf_guard import GuardedTransport, Judge, is_internal
from bot.errors import Unavailable
from bot.language import _

CONNECTIONS = 32
MOST_BYTES = 8_000_000
"""Of one answer of the API, packed or unpacked: a page of a list, or a config with what was compiled of it."""
TIMEOUT = httpx.Timeout(20.0, connect=5.0)

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_SAME_TIMEOUT = aiohttp.ClientTimeout(sock_read=TIMEOUT.read, sock_connect=TIMEOUT.connect, connect=TIMEOUT.pool)

HEADERS = {"User-Agent": f"circlebot/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}

Session = Callable[[], aiohttp.ClientSession]
"""Opens a session; to be called inside of the running loop."""


class BufferedTransport(httpx.AsyncBaseTransport):
    """Answers with their bodies read, for half of what the same costs through httpx-aiohttp's and httpx's streams.

    A connection that breaks in the middle of a body fails here, and so beneath the retries.
    """

    def __init__(self, session: Session) -> None:
        self._open = session
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        session = self._session = self._session or self._open()
        url, body = str(request.url), request.content or None
        headers = [(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers.raw]
        with map_aiohttp_exceptions():
            async with session.request(
                request.method, url, headers=headers, data=body, allow_redirects=False
            ) as answer:
                content = await _read_whole(answer, wrote=request.method != "GET")
        said = [(name, value) for name, value in answer.raw_headers if name.lower() != b"content-encoding"]
        return httpx.Response(answer.status, headers=said, content=content)

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()


async def _read_whole(answer: aiohttp.ClientResponse, *, wrote: bool) -> bytes:
    """The body, unpacked. Raises Unavailable as soon as there is more of it than we read."""
    kept = bytearray()
    async for chunk in answer.content.iter_any():
        kept += chunk
        if len(kept) > MOST_BYTES:
            raise _build_too_large_error(answer.status, wrote=wrote)
    content = _decompress(bytes(kept), answer.headers.get("content-encoding", "").strip().lower())
    if len(content) > MOST_BYTES:
        raise _build_too_large_error(answer.status, wrote=wrote)
    return content


def _decompress(content: bytes, coding: str) -> bytes:
    """Never much more than we read, however much it would be."""
    if coding in {"", "identity"} or not content:
        return content
    if coding not in {"gzip", "deflate"}:
        raise httpx.DecodingError("an encoding that was not asked for")
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(content, MOST_BYTES + 1)
    except zlib.error as error:
        raise httpx.DecodingError("broken") from error


def _build_too_large_error(status: int, *, wrote: bool) -> Unavailable:
    message = _("CircleCI's answer is too large to read.")
    return Unavailable(add_doubt(message, wrote=wrote), unknown=wrote, status=status)


def build_api_transport(base_url: str) -> httpx.AsyncBaseTransport:
    """HTTPS_PROXY and NO_PROXY are read once: left to aiohttp, each request would ask for them in a thread."""

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=_build_connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # knows no limit
            timeout=_SAME_TIMEOUT,
            proxy=proxy,
        )

    proxy = find_proxy(base_url)
    return BufferedTransport(session)


def build_download_transport(base_url: str, judge: Judge = is_internal) -> httpx.AsyncBaseTransport:
    """HTTPS_PROXY is looked up for each address, unless CircleCI is on this machine. `judge` says who is inside."""

    def session(outward: GuardedTransport) -> aiohttp.ClientSession:
        connector = _build_connector(socket_factory=outward.open_socket, resolver=outward.build_resolver())
        trust_env = not _is_local(base_url)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=trust_env)

    return GuardedTransport(base_url, session, judge=judge)


def _build_connector(**how: Any) -> aiohttp.TCPConnector:
    """It trusts whom aiohttp trusts, as Slack's do: what this machine trusts is held once, and takes a megabyte."""
    return aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=15, **how)


def find_proxy(url: str) -> str | None:
    """The proxy that the environment names for this address, as urllib understands it."""
    where = urlsplit(url)
    if _is_local(url) or proxy_bypass(where.netloc):
        return None
    return getproxies().get(where.scheme)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}


def build_http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """No cookie is ever kept (one person's would go out with the next one's request), no redirect followed unasked."""
    return httpx.AsyncClient(
        transport=RetryTransport(transport=transport),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers=HEADERS,
        timeout=TIMEOUT,
        trust_env=False,
        event_hooks={"request": [_check_scheme]},
    )


async def _check_scheme(request: httpx.Request) -> None:
    """Redirects pass here too: a step's output must not lead into our own files."""
    if request.url.scheme not in {"http", "https"}:
        raise httpx.UnsupportedProtocol("only http and https", request=request)


def keep_addresses_out_of_logs() -> None:
    """These log every address, and that of a step's output is a secret in itself."""
    for name in ("httpx", "httpx_retries", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
