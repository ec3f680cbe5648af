"""The connections to CircleCI that all requests share, and what is remembered of each token: its budget, its requests.

Everything that can go wrong becomes a CircleCIError: http_errors.py says what an answer means, transport_errors.py
what none does.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from httpx_retries import RetryTransport

from bot.circleci.api_request import ApiCall, ApiResponse
from bot.circleci.budget import Budget, parse_budget
from bot.circleci.download import ArtifactDownloads
from bot.circleci.http_errors import build_http_error
from bot.circleci.links import Links
from bot.circleci.models.lenient_reading import ParseIssues
from bot.circleci.people_names import UserNameCache
from bot.circleci.request_meter import RequestMeter
from bot.circleci.retry_policy import RetryPolicy, Sleep, read_body
from bot.circleci.sign_in_api import SignInApi
from bot.circleci.transport import (
    HEADERS,
    build_api_transport,
    build_download_transport,
    build_http_client,
    keep_addresses_out_of_logs,
)
from bot.circleci.transport_errors import convert_transport_errors
from bot.circleci.v3_host import V3Choice, V3Gone, V3Host
from bot.clock import Clock, SystemClock
from bot.errors import CircleCIError, RateLimited
from bot.expiring_cache import ExpiringCache
from bot.language import _
from bot.tracing import add_attributes, record_span
from bot.untrusted.step_output import StepOutput

OUTPUT_TIMEOUT_S = 60.0
V3_TIMEOUT_S = 5.0
"""v2 can answer the same, so that waiting for v3 is not worth more."""

_MOST_TOKENS, _MOST_REMEMBERED = 10_000, 5_000
_BUDGET_FOR = timedelta(hours=1)

_log = structlog.get_logger()


class ConnectionPool:
    """The connections that everybody's requests share. `base_url` is https://circleci.com, or a Server's.

    `transport` takes the place of aiohttp, below the retries; `sleep` is how to wait between tries.
    `answered` is called with the HTTP status of every request, 0 for one without an answer; `left_out` with the number
    of list members that could not be read; `fell_back` with what v2 was asked for instead of v3, and why.
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
        takes_pasted_tokens: bool = True,
        v3: V3Choice = "off",
        fell_back: Callable[[str, str], None] = lambda _family, _reason: None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.clock = clock or SystemClock()
        sign_in_url = Links(self.base_url).sign_in_url
        self.sign_in = SignInApi(self.post, url=sign_in_url, clock=self.clock, takes_pasted=takes_pasted_tokens)
        self._reads = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep, reads_body=True)
        self._hasty_reads = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep, reads_body=True, when_limited=False)
        self._writes = RetryPolicy(wrote=True, clock=self.clock, sleep=sleep)
        self._streams = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep)
        self._once = RetryPolicy(wrote=False, clock=self.clock, sleep=sleep, reads_body=True, tries=0)
        self._api = RetryTransport(transport=transport or build_api_transport(self.base_url))
        self._http = build_http_client(transport or build_download_transport(self.base_url))
        self.downloads = ArtifactDownloads(
            self._http, base_url=self.base_url, retry_policy=self._streams, clock=self.clock
        )
        self.names = UserNameCache(self.clock)
        self._budgets: ExpiringCache[bytes, Budget] = ExpiringCache(_MOST_TOKENS, self.clock.now)
        self.cache: ExpiringCache[tuple[bytes, Hashable], Any] = ExpiringCache(_MOST_REMEMBERED, self.clock.now)
        self.meter = RequestMeter()
        self._announced: set[str] = set()
        self._answered = answered
        self._left_out = left_out
        self.v3 = V3Host(self.base_url, choice=v3, clock=self.clock)
        self._fell_back = fell_back
        keep_addresses_out_of_logs()

    async def close(self) -> None:
        await self._api.aclose()
        await self._http.aclose()

    def get_budget(self, token: str) -> Budget | None:
        return self._budgets.get(hash_token(token))

    async def request(
        self, call: ApiCall, token: str, *, odd: Callable[[ParseIssues], None] = lambda _odd: None
    ) -> ApiResponse:
        """Send one request and bring back its 2xx answer, of which `odd` hears what could not be read.

        Raises any CircleCIError, nothing else.
        """
        with record_span(
            "circleci request", {"http.request.method": call.method, "http.route": _name_route(call.path)}
        ):
            try:
                answer = await self._request(call, token, odd)
            except CircleCIError as error:
                self._record_answer(error)
                raise
            self._record_answer(answer)
            return answer

    def _record_answer(self, came: ApiResponse | CircleCIError) -> None:
        self._answered(came.status)
        add_attributes({"http.response.status_code": came.status, "circleci.request": came.request_id or ""})

    async def _request(self, call: ApiCall, token: str, odd: Callable[[ParseIssues], None]) -> ApiResponse:
        with convert_transport_errors(wrote=call.writes):
            url = _parse_url(f"{self.base_url}/{call.path}" + (f"?{urlencode(call.query)}" if call.query else ""))
            headers, extensions = _build_headers(call, token), {"retry": self._get_retry_policy(call)}
            request = httpx.Request(call.method, url, json=call.body, headers=headers, extensions=extensions)
            self.meter.record(hash_token(token), self.clock.now())
            async with asyncio.timeout(V3_TIMEOUT_S if call.is_v3 else None):
                response = await self._api.handle_async_request(request)
                await read_body(response)
        said = dict(response.headers.items())
        self._record_headers(response, said, token, call=call)
        if response.is_success:
            request_id, media_type = said.get("x-request-id"), said.get("content-type", "")
            return ApiResponse(response.status_code, response.content, call.writes, request_id, odd, media_type)
        error = self._build_error(response, wrote=call.writes, secrets=(token, call.secret))
        if isinstance(error, RateLimited) and call.spends_budget:
            self._remember_budget(token, Budget(0, self.clock.now().timestamp() + error.retry_after_s))
        raise error

    async def post(self, url: str, *, secrets: tuple[str, ...] = (), **body: Any) -> ApiResponse:
        """What CircleCI answers to this JSON or form without any token: a sign-in may begin anew, so none is in doubt.

        Raises any CircleCIError, nothing else; `secrets` are never part of one.
        """
        with convert_transport_errors():
            request = httpx.Request("POST", url, headers=HEADERS, extensions={"retry": self._writes}, **body)
            response = await self._api.handle_async_request(request)
            await read_body(response)
        self._answered(response.status_code)
        if not response.is_success:
            raise self._build_error(response, wrote=False, secrets=secrets)
        return ApiResponse(
            response.status_code, response.content, wrote=False, request_id=response.headers.get("x-request-id")
        )

    def _get_retry_policy(self, call: ApiCall) -> RetryPolicy:
        if call.writes:
            return self._writes
        if call.is_v3:
            return self._once
        return self._reads if call.waits else self._hasty_reads

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

    def _record_headers(self, response: httpx.Response, said: Mapping[str, str], token: str, *, call: ApiCall) -> None:
        """Remember the token's budget, and say once when CircleCI means to take a route away.

        Only what spends the token's budget tells of it. Raises V3Gone.
        """
        if call.is_v3:
            _check_has_v3(response)
        elif call.spends_budget and (budget := parse_budget(said, self.clock.now())):
            self._remember_budget(token, budget)
        leaving = said.get("sunset") or said.get("deprecation")
        if leaving and (family := _name_route(call.path)) not in self._announced:
            self._announced.add(family)
            _log.warning("circleci.route_deprecated", route=family, sunset=leaving)

    def _remember_budget(self, token: str, budget: Budget) -> None:
        """Until it is reset, and for an hour at least: its limits are asked for afterwards too."""
        left_s = budget.count_seconds_left(self.clock.now())
        self._budgets.set(hash_token(token), budget, max(timedelta(seconds=left_s), _BUDGET_FOR))

    def record_fallback(self, family: str, error: CircleCIError) -> None:
        """v3 was no use for this, and v2 is asked: counted, and said once for each reason."""
        reason = self.v3.judge(family, error)
        self._fell_back(family, reason)
        if (key := f"v3 {family} {reason}") not in self._announced:
            self._announced.add(key)
            _log.warning("circleci.fell_back", family=family, reason=reason, status=error.status)

    def record_issues(self, where: str, odd: ParseIssues) -> None:
        """Count what could not be read, and say once which fields are not as they should be."""
        self._left_out(odd.left_out)
        new = odd.fields - self._announced
        if new:
            self._announced |= new
            _log.warning("circleci.answer_odd", route=where, fields=sorted(new)[:20], left_out=odd.left_out)


def _build_headers(call: ApiCall, token: str) -> dict[str, str]:
    """v3 takes a Bearer token alone, and answers some questions with text."""
    if call.is_v3:
        return HEADERS | {"Authorization": f"Bearer {token}", "Accept": "application/json, */*;q=0.5"}
    return HEADERS | {"Circle-Token": token}


def _check_has_v3(response: httpx.Response) -> None:
    """A page says so where the answer stands for the address; that of a gateway in trouble says nothing."""
    is_page = response.headers.get("content-type", "").lstrip().lower().startswith("text/html")
    is_about_address = response.is_success or response.status_code == httpx.codes.NOT_FOUND
    if (is_page and is_about_address) or response.status_code == httpx.codes.GONE:
        raise V3Gone(_("CircleCI has no API v3 here."), status=response.status_code)


@lru_cache(maxsize=1024)
def _parse_url(url: str) -> httpx.URL:
    """What runs is looked at again and again, and parsing its address is a tenth of what a request costs.

    A thousand of them, which some hundred pipelines have that run, take a megabyte.
    """
    return httpx.URL(url)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _name_route(path: str) -> str:
    """Without the names and ids in it."""
    return "/".join(path.split("/")[:3])
