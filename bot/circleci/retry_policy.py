"""When a request is worth another try, and how long to wait for it.

A read is repeated after 429, 5xx and broken connections. A write is repeated only when it cannot have happened: after
429, and when the connection never came about.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import copy
from typing import Self

import aiohttp
import httpx
from httpx_retries import Retry

from bot.circleci.http_errors import build_http_error, parse_retry_after_s
from bot.clock import Clock

TRIES = 3
PATIENCE_S = 20.0

Sleep = Callable[[float], Awaitable[None]]

_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeEncodeError,
)
_BEFORE_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class RetryPolicy(Retry):
    """At most three more tries and 20 s of waiting in all; asked to wait longer, it gives up at once.

    Retry-After is honoured to the second; without it the wait doubles from about a second, with jitter. Unless it is
    patient `when_limited`, a 429 is not retried: the caller has another token, or other work.
    """

    def __init__(
        self,
        *,
        wrote: bool,
        clock: Clock,
        sleep: Sleep,
        reads_body: bool = False,
        when_limited: bool = True,
        tries: int = TRIES,
    ) -> None:
        repeated = ({429} if when_limited else set()) | (set() if wrote else {500, 502, 503, 504})
        super().__init__(
            total=tries,
            allowed_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            status_forcelist=sorted(repeated),
            backoff_factor=0.5,
            backoff_jitter=0.5,
            validate_response=read_body if reads_body else None,
        )
        self._wrote = wrote
        self._clock = clock
        self._sleep = sleep

    def is_retryable_exception(self, exception: Exception) -> bool:
        return is_unsent(exception) or (not self._wrote and _is_connection_broken(exception))

    def increment(self) -> Self:
        again = copy(self)
        again.attempts_made += 1
        return again

    async def asleep(self, response: httpx.Response | Exception) -> None:
        """Wait before the next try. Raises RateLimited or Unavailable when that would take too long."""
        asked_s = None if isinstance(response, Exception) else parse_retry_after_s(response.headers, self._clock.now())
        wait_s = self.backoff_strategy() if asked_s is None else asked_s
        if isinstance(response, httpx.Response) and self.elapsed_sleep + wait_s > PATIENCE_S:
            now = self._clock.now()
            raise build_http_error(response.status_code, response.headers, b"", wrote=self._wrote, secrets=(), now=now)
        await self._sleep(wait_s)
        self.elapsed_sleep += wait_s


async def read_body(response: httpx.Response) -> None:
    """A connection that breaks in the middle of a body counts as broken too, while we can still ask again.

    When the caller is cancelled or gives up, nobody has read the answer: it is closed at once.
    """
    try:
        await response.aread()
    except BaseException:
        await response.aclose()
        raise


def is_unsent(error: Exception) -> bool:
    """True when CircleCI cannot have seen the request.

    The aiohttp transport calls every lost connection a ConnectTimeout, also one lost after the request was sent, so
    its own error (the cause) decides there.
    """
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, _BEFORE_CONNECTED)
    return isinstance(error, _BEFORE_SENDING)


def _is_connection_broken(error: Exception) -> bool:
    return isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError | httpx.ConnectTimeout)


def is_timeout(error: Exception) -> bool:
    """True when the other side simply did not answer in time."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, TimeoutError)
    return isinstance(error, httpx.TimeoutException | TimeoutError)
