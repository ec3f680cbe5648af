"""Downloads of artifacts: streamed, capped, and with the token only where it belongs.

The token goes to CircleCI's own hosts and not along with a redirect to another one; what comes after it on the way is
foreign too (facts/circleci-api.md 4.6). Addresses may be presigned on the way, so that no error names one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.circleci.http_errors import build_http_error
from bot.circleci.retry_policy import RetryPolicy
from bot.circleci.transport_errors import convert_transport_errors
from bot.clock import Clock
from bot.errors import CircleCIError, NotFound, Rejected, Unavailable
from bot.language import _
from bot.untrusted.numbers import parse_whole_number

DOWNLOAD_TIMEOUT_S = 120.0
SIZE_TIMEOUT_S = 5.0
MOST_REDIRECTS = 5

ByteProgress = Callable[[int, int | None], Awaitable[None]]

_CLOUD = ("circleci.com", "circle-artifacts.com")
"""Where the cloud keeps things itself, with all that is below these names."""

_PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}
"""As it is stored: then lengths are true, and a .gz stays one."""


@dataclass(frozen=True, slots=True)
class TooBig:
    """There is more of it than was wanted: `size` bytes, None when that only showed on the way."""

    size: int | None


class ArtifactDownloads:
    """`base_url` is CircleCI as the settings say it, on whose hosts a token belongs."""

    def __init__(self, http: httpx.AsyncClient, *, base_url: str, retry_policy: RetryPolicy, clock: Clock) -> None:
        self._http = http
        self._base_url = base_url
        self._retry_policy = retry_policy
        self._clock = clock

    async def fetch_size(self, url: str, token: str | None) -> int | None:
        """What a HEAD request says. Raises any CircleCIError."""
        with convert_transport_errors():
            async with asyncio.timeout(SIZE_TIMEOUT_S), self._open("HEAD", url, token) as response:
                return _get_length(response)

    async def fetch(
        self, url: str, token: str | None, *, most_bytes: int, on_progress: ByteProgress | None
    ) -> bytes | TooBig:
        """All of it, or TooBig as soon as that shows. Raises any CircleCIError but Unauthorized."""
        kept = bytearray()
        try:
            with convert_transport_errors():
                async with asyncio.timeout(DOWNLOAD_TIMEOUT_S), self._open("GET", url, token) as response:
                    return await _read_capped(response, kept, most_bytes, on_progress=on_progress)
        except Unavailable as error:
            raise _build_interrupted_error(error) if kept else error from None

    @asynccontextmanager
    async def _open(self, method: str, url: str, token: str | None) -> AsyncIterator[httpx.Response]:
        """The answer at the end of all redirects, its body not read yet."""
        where = httpx.URL(url)
        carried = token if is_circleci_host(where, self._base_url) else None
        for _redirect in range(MOST_REDIRECTS + 1):
            response = await self._http.send(self._build_request(method, where, carried), stream=True)
            try:
                if response.next_request is None:
                    yield self._check_success(response)
                    return
                onward = response.next_request.url
            finally:
                await response.aclose()
            carried = carried if _is_same_host(where, onward) else None
            where = onward
        raise Unavailable(_("CircleCI leads from address to address, without an end."))

    def _build_request(self, method: str, where: httpx.URL, token: str | None) -> httpx.Request:
        headers = _PLAIN | ({"Circle-Token": token} if token else {})
        return self._http.build_request(method, where, headers=headers, extensions={"retry": self._retry_policy})

    def _check_success(self, response: httpx.Response) -> httpx.Response:
        if not response.is_success:
            raise self._build_error(response)
        return response

    def _build_error(self, response: httpx.Response) -> CircleCIError:
        """A 401 here says nothing about the token elsewhere, so that it is not taken for expired."""
        status = response.status_code
        if status in {401, 403}:
            return Rejected(_("CircleCI does not give it to you (HTTP {status}).", status=status), status=status)
        if status in {404, 410}:
            return NotFound(_("It is not there (any more): CircleCI keeps artifacts for some weeks."), status=status)
        return build_http_error(status, response.headers, b"", wrote=False, secrets=(), now=self._clock.now())


async def _read_capped(
    response: httpx.Response, kept: bytearray, most_bytes: int, *, on_progress: ByteProgress | None
) -> bytes | TooBig:
    """A told length is believed when it is too much, and never when it is little."""
    of = _get_length(response)
    if of is not None and of > most_bytes:
        return TooBig(of)
    async for chunk in response.aiter_bytes():
        kept += chunk
        if len(kept) > most_bytes:
            return TooBig(None)
        if on_progress:
            await on_progress(len(kept), of)
    return bytes(kept)


def _get_length(response: httpx.Response) -> int | None:
    told = response.headers.get("content-length", "")
    coded = response.headers.get("content-encoding", "identity") != "identity"
    return parse_whole_number(told, most=10**15) if not coded else None


def _build_interrupted_error(error: Unavailable) -> Unavailable:
    step = _("That was in the middle of the file: try again.")
    return Unavailable(f"{error.message} {step}", status=error.status)


def is_circleci_host(where: httpx.URL, base_url: str) -> bool:
    """True for CircleCI's own hosts: the one of `base_url`, and on the cloud those that it keeps things on.

    Never in the clear, unless CircleCI itself is reached so.
    """
    base = httpx.URL(base_url)
    if _is_same_host(where, base):
        return True
    if not any(_is_subdomain(base.host, name) for name in _CLOUD):
        return False
    return where.scheme == "https" and any(_is_subdomain(where.host, name) for name in _CLOUD)


def _is_subdomain(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")


def _is_same_host(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, _get_port(one)) == (other.scheme, other.host, _get_port(other))


def _get_port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
