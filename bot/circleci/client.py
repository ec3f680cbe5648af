"""The line to CircleCI: one shared pool of connections, and clients that are each bound to one person's token.

Everything that can go wrong becomes a CircleCIError: http_errors.py says what an answer means, transport_errors.py
what none does.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from httpx_retries import RetryTransport

from bot.circleci.api_request import V2, ApiResponse, Part, encode_path
from bot.circleci.budget import Budget, parse_budget
from bot.circleci.checkout_keys_api import CheckoutKeysApi
from bot.circleci.contexts_api import ContextsApi
from bot.circleci.download import ArtifactDownloads, ByteProgress, TooBig
from bot.circleci.http_errors import build_http_error
from bot.circleci.insights_api import InsightsApi
from bot.circleci.jobs_api import JobsApi
from bot.circleci.models.lenient_reading import ParseIssues
from bot.circleci.people_names import UserNameCache
from bot.circleci.projects_api import ProjectsApi
from bot.circleci.request_meter import RequestCounts, RequestMeter
from bot.circleci.retry_policy import RetryPolicy, Sleep, read_body
from bot.circleci.schedules_api import SchedulesApi
from bot.circleci.transport import (
    HEADERS,
    build_api_transport,
    build_download_transport,
    build_http_client,
    keep_addresses_out_of_logs,
)
from bot.circleci.transport_errors import convert_transport_errors
from bot.circleci.variables_api import VariablesApi
from bot.circleci.webhooks_api import WebhooksApi
from bot.circleci.workflows_api import WorkflowsApi
from bot.clock import Clock, SystemClock
from bot.errors import CircleCIError, NotConnected, RateLimited, Unauthorized
from bot.untrusted.patterns import compile_linear
from bot.untrusted.step_output import FILE_BYTES, StepOutput

OUTPUT_TIMEOUT_S = 60.0

_TOKEN = compile_linear(r"[\x21-\x7e]+")

_log = structlog.get_logger()


class CircleCI(
    ProjectsApi,
    WorkflowsApi,
    JobsApi,
    InsightsApi,
    CheckoutKeysApi,
    VariablesApi,
    SchedulesApi,
    ContextsApi,
    WebhooksApi,
):
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
        return self._pool.get_budget(self._token or "")

    @property
    def request_counts(self) -> RequestCounts:
        """How many requests this process made with this token."""
        return self._pool.meter.get_counts(_hash_token(self._token or ""), self.clock.now())

    def with_token(self, token: str) -> CircleCI:
        """The same CircleCI as the owner of another token sees it."""
        return self._pool.bind(token)

    async def request(
        self,
        *path: Part,
        method: str = "GET",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        api: str = V2,
        secret: str = "",
    ) -> ApiResponse:
        if not self._token:
            raise NotConnected("You have not connected your CircleCI account yet.")
        if not (self._token.isascii() and _TOKEN.fullmatch(self._token)):
            raise Unauthorized("This is not a CircleCI token.", status=401)
        where = f"{api}/{encode_path(path)}"
        answer = await self._pool.request(
            method, where, token=self._token, query=query, body=body, secret=secret, waits=self._waits
        )
        return replace(answer, odd=partial(self._report_issues, where))

    def _report_issues(self, where: str, odd: ParseIssues) -> None:
        self.left_out += odd.left_out
        self._pool.record_issues(where, odd)

    async def fetch_user_names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """What people are called, by id, as far as CircleCI tells it at once. Raises nothing."""
        return await self._pool.names.fetch_names(_hash_token(self._token or ""), user_ids, self.fetch_user)

    async def fetch_output(self, output_url: str) -> StepOutput:
        """The end of what a step printed, for bot/untrusted/shown_text.py. `output_url` comes from job_steps."""
        return await self._pool.fetch_output(output_url, StepOutput())

    async def fetch_whole_output(self, output_url: str) -> StepOutput:
        """The same for a file: eight million bytes at most."""
        return await self._pool.fetch_output(output_url, StepOutput(FILE_BYTES))

    async def fetch_artifact_size(self, url: str) -> int | None:
        """Bytes of an artifact, as far as the host that keeps it tells. `url` is the artifact's own."""
        return await self._pool.downloads.fetch_size(url, self._token)

    async def download(self, url: str, *, most_bytes: int, heard: ByteProgress | None = None) -> bytes | TooBig:
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
        self._reads = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep, reads_body=True)
        self._hasty_reads = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep, reads_body=True, when_limited=False)
        self._writes = RetryPolicy(wrote=True, clock=self.clock, sleep=sleep)
        self._streams = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep)
        self._api = RetryTransport(transport=transport or build_api_transport(self.base_url))
        self._http = build_http_client(transport or build_download_transport(self.base_url))
        self.downloads = ArtifactDownloads(self._http, base_url=self.base_url, patience=self._streams, clock=self.clock)
        self.names = UserNameCache(self.clock)
        self._budgets: dict[bytes, Budget] = {}
        self.meter = RequestMeter()
        self._announced: set[str] = set()
        self._answered = answered
        self._left_out = left_out
        keep_addresses_out_of_logs()

    def bind(self, token: str | None, *, waits: bool = True) -> CircleCI:
        """A client that acts as the owner of this token; without one every call raises NotConnected.

        Unless it `waits`, a read for which CircleCI finds us too fast raises RateLimited at once.
        """
        return CircleCI(self, token.strip() if token else None, waits=waits)

    async def close(self) -> None:
        await self._api.aclose()
        await self._http.aclose()

    def get_budget(self, token: str) -> Budget | None:
        return self._budgets.get(_hash_token(token))

    async def request(
        self,
        method: str,
        where: str,
        *,
        token: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        secret: str = "",
        waits: bool = True,
    ) -> ApiResponse:
        """Send one request and bring back its 2xx answer. Raises any CircleCIError, nothing else."""
        patience = self._writes if method != "GET" else self._reads if waits else self._hasty_reads
        try:
            answer = await self._request(
                method, where, token=token, query=query, body=body, secret=secret, patience=patience
            )
        except CircleCIError as error:
            self._answered(error.status)
            raise
        self._answered(answer.status)
        return answer

    async def _request(
        self,
        method: str,
        where: str,
        *,
        token: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        secret: str,
        patience: RetryPolicy,
    ) -> ApiResponse:
        wrote = method != "GET"
        with convert_transport_errors(wrote=wrote):
            url = _parse_url(f"{self.base_url}/{where}" + (f"?{urlencode(query)}" if query else ""))
            headers = HEADERS | {"Circle-Token": token}
            request = httpx.Request(method, url, json=body, headers=headers, extensions={"retry": patience})
            self.meter.record(_hash_token(token), self.clock.now())
            response = await self._api.handle_async_request(request)
            await read_body(response)
        self._record_headers(response, token, where)
        if response.is_success:
            return ApiResponse(response.status_code, response.content, wrote, response.headers.get("x-request-id"))
        refused = self._build_error(response, wrote=wrote, secrets=(token, secret))
        if isinstance(refused, RateLimited):
            self._budgets[_hash_token(token)] = Budget(0, self.clock.now().timestamp() + refused.retry_after_s)
        raise refused

    async def fetch_output(self, output_url: str, printed: StepOutput) -> StepOutput:
        """The end of a step's output. The address is presigned, so no token goes with it, nor any error tells it."""
        with convert_transport_errors():
            async with (
                asyncio.timeout(OUTPUT_TIMEOUT_S),
                self._http.stream(
                    "GET", output_url, follow_redirects=True, extensions={"retry": self._streams}
                ) as response,
            ):
                if not response.is_success:
                    raise self._build_error(response, wrote=False, secrets=(output_url,))
                async for chunk in response.aiter_bytes():
                    printed.add(chunk)
        return printed

    def _build_error(self, response: httpx.Response, *, wrote: bool, secrets: tuple[str, ...]) -> CircleCIError:
        content = response.content if response.is_stream_consumed else b""
        now = self.clock.now()
        return build_http_error(response.status_code, response.headers, content, wrote=wrote, secrets=secrets, now=now)

    def _record_headers(self, response: httpx.Response, token: str, where: str) -> None:
        """Remember the token's budget, and say once when CircleCI means to take a route away."""
        if budget := parse_budget(response.headers, self.clock.now()):
            self._budgets[_hash_token(token)] = budget
        family = "/".join(where.split("/")[:3])
        leaving = response.headers.get("sunset") or response.headers.get("deprecation")
        if leaving and family not in self._announced:
            self._announced.add(family)
            _log.warning("circleci_route_deprecated", route=family, sunset=leaving)

    def record_issues(self, where: str, odd: ParseIssues) -> None:
        """Count what could not be read, and say once which fields are not as they should be."""
        self._left_out(odd.left_out)
        new = odd.fields - self._announced
        if new:
            self._announced |= new
            _log.warning("circleci_answer_odd", route=where, fields=sorted(new)[:20], left_out=odd.left_out)


@lru_cache(maxsize=4096)
def _parse_url(url: str) -> httpx.URL:
    """What runs is looked at again and again, and parsing its address is a tenth of what a request costs."""
    return httpx.URL(url)


def _hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
