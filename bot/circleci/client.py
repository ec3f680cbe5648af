"""The line to CircleCI: one shared pool of connections, and clients that are each bound to one person's token.

Everything that can go wrong becomes a CircleCIError: http_errors.py says what an answer means, transport_errors.py
what none does.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from httpx_retries import RetryTransport

from bot.circleci.api_request import V2, Answer, Part, encoded
from bot.circleci.budget import Budget, budget_in
from bot.circleci.checkout_keys_api import Keys
from bot.circleci.contexts_api import Contexts
from bot.circleci.download import Downloads, Heard, TooBig
from bot.circleci.http_errors import refusal
from bot.circleci.insights_api import Insights
from bot.circleci.jobs_api import Jobs
from bot.circleci.models.lenient_reading import Odd
from bot.circleci.people_names import Names
from bot.circleci.projects_api import Projects
from bot.circleci.request_meter import Made, Meter
from bot.circleci.retry_policy import Patience, Sleep, read_body
from bot.circleci.schedules_api import Schedules
from bot.circleci.transport import TIMEOUT, to_anywhere, to_the_api
from bot.circleci.transport_errors import answered
from bot.circleci.variables_api import Variables
from bot.circleci.webhooks_api import Webhooks
from bot.circleci.workflows_api import Workflows
from bot.clock import Clock, SystemClock
from bot.errors import CircleCIError, NotConnected, RateLimited, Unauthorized
from bot.untrusted.patterns import compile_linear
from bot.untrusted.step_output import FILE_BYTES, Printed

OUTPUT_TIMEOUT_S = 60.0

_TOKEN = compile_linear(r"[\x21-\x7e]+")
_HEADERS = {"User-Agent": "circlebot", "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}

_log = structlog.get_logger()


class CircleCI(Projects, Workflows, Jobs, Insights, Keys, Variables, Schedules, Contexts, Webhooks):
    """CircleCI as the owner of one token sees it, and acting in that person's name."""

    def __init__(self, pool: CircleCIPool, token: str | None, *, waits: bool = True) -> None:
        self._pool = pool
        self._token = token
        self._waits = waits
        self.left_out = 0
        """How many members of lists could not be read in all that was asked with this."""

    def __repr__(self) -> str:
        return f"CircleCI({self._pool.base_url!r})"

    @property
    def clock(self) -> Clock:
        return self._pool.clock

    @property
    def budget(self) -> Budget | None:
        """What CircleCI last said about how many requests this token has left."""
        return self._pool.budget(self._token or "")

    @property
    def made(self) -> Made:
        """How many requests this process made with this token."""
        return self._pool.meter.made(_fingerprint(self._token or ""), self.clock.now())

    def with_token(self, token: str) -> CircleCI:
        """The same CircleCI as the owner of another token sees it."""
        return self._pool.bind(token)

    async def ask(
        self,
        *path: Part,
        method: str = "GET",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        api: str = V2,
        secret: str = "",
    ) -> Answer:
        if not self._token:
            raise NotConnected("You have not connected your CircleCI account yet.")
        if not (self._token.isascii() and _TOKEN.fullmatch(self._token)):
            raise Unauthorized("This is not a CircleCI token.", status=401)
        where = f"{api}/{encoded(path)}"
        answer = await self._pool.exchange(
            method, where, token=self._token, query=query, body=body, secret=secret, waits=self._waits
        )
        return replace(answer, odd=partial(self._odd, where))

    def _odd(self, where: str, odd: Odd) -> None:
        self.left_out += odd.left_out
        self._pool.note_odd(where, odd)

    async def names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """What people are called, by id, as far as CircleCI tells it at once. Raises nothing."""
        return await self._pool.names.of(_fingerprint(self._token or ""), user_ids, self.user)

    async def output(self, output_url: str) -> Printed:
        """The end of what a step printed, for bot/untrusted/shown_text.py. `output_url` comes from job_steps."""
        return await self._pool.fetch(output_url, Printed())

    async def whole_output(self, output_url: str) -> Printed:
        """The same for a file: eight million bytes at most."""
        return await self._pool.fetch(output_url, Printed(FILE_BYTES))

    async def artifact_size(self, url: str) -> int | None:
        """Bytes of an artifact, as far as the host that keeps it tells. `url` is the artifact's own."""
        return await self._pool.downloads.size(url, self._token)

    async def download(self, url: str, *, most_bytes: int, heard: Heard | None = None) -> bytes | TooBig:
        """An artifact's bytes. `heard` is told how many there are so far, and of how many, where that is known."""
        return await self._pool.downloads.fetch(url, self._token, most_bytes=most_bytes, heard=heard)


class CircleCIPool:
    """The connections that everybody's requests share. `base_url` is https://circleci.com, or a Server's.

    `transport` stands under the retries in place of aiohttp; `sleep` is how to wait between tries.
    `answered` hears the HTTP status of every request in the end, 0 for one without an answer; `left_out` how many
    members of lists could not be read.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        answered: Callable[[int], None] = lambda _status: None,
        left_out: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.clock = clock or SystemClock()
        self._reads = Patience(wrote=False, clock=self.clock, sleep=sleep, reads_body=True)
        self._hasty_reads = Patience(wrote=False, clock=self.clock, sleep=sleep, reads_body=True, when_limited=False)
        self._writes = Patience(wrote=True, clock=self.clock, sleep=sleep)
        self._streams = Patience(wrote=False, clock=self.clock, sleep=sleep)
        self._api = RetryTransport(transport=transport or to_the_api(self.base_url))
        self._http = _http_client(transport or to_anywhere(self.base_url))
        self.downloads = Downloads(self._http, base_url=self.base_url, patience=self._streams, clock=self.clock)
        self.names = Names(self.clock)
        self._budgets: dict[bytes, Budget] = {}
        self.meter = Meter()
        self._announced: set[str] = set()
        self._answered = answered
        self._left_out = left_out
        _keep_addresses_out_of_logs()

    def bind(self, token: str | None, *, waits: bool = True) -> CircleCI:
        """A client that acts as the owner of this token; without one every call raises NotConnected.

        Unless it `waits`, a read for which CircleCI finds us too fast raises RateLimited at once.
        """
        return CircleCI(self, token.strip() if token else None, waits=waits)

    async def close(self) -> None:
        await self._api.aclose()
        await self._http.aclose()

    def budget(self, token: str) -> Budget | None:
        return self._budgets.get(_fingerprint(token))

    async def exchange(
        self,
        method: str,
        where: str,
        *,
        token: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        secret: str = "",
        waits: bool = True,
    ) -> Answer:
        """Send one request and bring back its 2xx answer. Raises any CircleCIError, nothing else."""
        patience = self._writes if method != "GET" else self._reads if waits else self._hasty_reads
        try:
            answer = await self._exchange(
                method, where, token=token, query=query, body=body, secret=secret, patience=patience
            )
        except CircleCIError as error:
            self._answered(error.status)
            raise
        self._answered(answer.status)
        return answer

    async def _exchange(
        self,
        method: str,
        where: str,
        *,
        token: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        secret: str,
        patience: Patience,
    ) -> Answer:
        wrote = method != "GET"
        with answered(wrote=wrote):
            url = _parsed(f"{self.base_url}/{where}" + (f"?{urlencode(query)}" if query else ""))
            headers = _HEADERS | {"Circle-Token": token}
            request = httpx.Request(method, url, json=body, headers=headers, extensions={"retry": patience})
            self.meter.count(_fingerprint(token), self.clock.now())
            response = await self._api.handle_async_request(request)
            await read_body(response)
        self._note(response, token, where)
        if response.is_success:
            return Answer(response.status_code, response.content, wrote, response.headers.get("x-request-id"))
        refused = self._refusal(response, wrote=wrote, secrets=(token, secret))
        if isinstance(refused, RateLimited):
            self._budgets[_fingerprint(token)] = Budget(0, self.clock.now().timestamp() + refused.retry_after_s)
        raise refused

    async def fetch(self, output_url: str, printed: Printed) -> Printed:
        """The end of a step's output. The address is presigned, so no token goes with it, nor any error tells it."""
        with answered():
            async with (
                asyncio.timeout(OUTPUT_TIMEOUT_S),
                self._http.stream(
                    "GET", output_url, follow_redirects=True, extensions={"retry": self._streams}
                ) as response,
            ):
                if not response.is_success:
                    raise self._refusal(response, wrote=False, secrets=(output_url,))
                async for chunk in response.aiter_bytes():
                    printed.add(chunk)
        return printed

    def _refusal(self, response: httpx.Response, *, wrote: bool, secrets: tuple[str, ...]) -> CircleCIError:
        content = response.content if response.is_stream_consumed else b""
        now = self.clock.now()
        return refusal(response.status_code, response.headers, content, wrote=wrote, secrets=secrets, now=now)

    def _note(self, response: httpx.Response, token: str, where: str) -> None:
        """Remember the token's budget, and say once when CircleCI means to take a route away."""
        if budget := budget_in(response.headers, self.clock.now()):
            self._budgets[_fingerprint(token)] = budget
        family = "/".join(where.split("/")[:3])
        leaving = response.headers.get("sunset") or response.headers.get("deprecation")
        if leaving and family not in self._announced:
            self._announced.add(family)
            _log.warning("circleci_route_deprecated", route=family, sunset=leaving)

    def note_odd(self, where: str, odd: Odd) -> None:
        """Count what could not be read, and say once which fields are not as they should be."""
        self._left_out(odd.left_out)
        new = odd.fields - self._announced
        if new:
            self._announced |= new
            _log.warning("circleci_answer_odd", route=where, fields=sorted(new)[:20], left_out=odd.left_out)


@lru_cache(maxsize=4096)
def _parsed(url: str) -> httpx.URL:
    """What runs is looked at again and again, and parsing its address is a tenth of what a request costs."""
    return httpx.URL(url)


def _http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """No cookie is ever kept (one person's would go out with the next one's request), no redirect followed unasked."""
    return httpx.AsyncClient(
        transport=RetryTransport(transport=transport),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers=_HEADERS,
        timeout=TIMEOUT,
        trust_env=False,
        event_hooks={"request": [_only_http]},
    )


async def _only_http(request: httpx.Request) -> None:
    """Redirects pass here too: a step's output must not lead into our own files."""
    if request.url.scheme not in {"http", "https"}:
        raise httpx.UnsupportedProtocol("only http and https", request=request)


def _keep_addresses_out_of_logs() -> None:
    """These log every address, and that of a step's output is a secret in itself."""
    for name in ("httpx", "httpx_retries", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
