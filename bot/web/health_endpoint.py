"""What an operator asks: are you alive, are you ready, how are you doing.

Anybody may ask, so an answer is kept for some seconds: many requests cost as much as one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.metrics import CONTENT_TYPE, Metrics, Readings

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else what is wrong, in words."""

_CHECK_WITHIN_S = 5.0
_FRESH_FOR_S = 2.0

T = TypeVar("T")


class CachedResult(Generic[T]):
    """What was found last, looked for again when it is no longer fresh; one looks, the others wait for it."""

    def __init__(self, look: Callable[[], Awaitable[T]], now_s: Callable[[], float]) -> None:
        self._load = look
        self._now_s = now_s
        self._lock = asyncio.Lock()
        self._result: tuple[T, float] | None = None

    async def __call__(self) -> T:
        async with self._lock:
            if self._result is None or abs(self._now_s() - self._result[1]) > _FRESH_FOR_S:
                self._result = await self._load(), self._now_s()
            return self._result[0]


class HealthEndpoint:
    """`checks` by name decide about readiness; `read` takes the readings of a scrape."""

    def __init__(
        self,
        *,
        checks: Mapping[str, Check],
        metrics: Metrics,
        read: Callable[[], Awaitable[Readings]],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._metrics = metrics
        self._reasons = CachedResult(self._run_checks, now_s)
        self._readings = CachedResult(read, now_s)

    async def handle_liveness(self, _request: Request) -> Response:
        return PlainTextResponse("ok")

    async def handle_readiness(self, _request: Request) -> Response:
        """200, or 503 unless all is well; what is wrong is not for everybody."""
        return Response(status_code=503 if any((await self._reasons()).values()) else 200)

    async def handle_reasons(self, _request: Request) -> Response:
        """`{"ready": bool, "checks": {name: "ok" or what is wrong}}`, 503 unless all are well."""
        found = await self._reasons()
        wrong = any(found.values())
        checks = {name: reason or "ok" for name, reason in found.items()}
        return JSONResponse({"ready": not wrong, "checks": checks}, 503 if wrong else 200)

    async def handle_metrics(self, _request: Request) -> Response:
        return Response(self._metrics.render(await self._readings()), media_type=CONTENT_TYPE)

    async def _run_checks(self) -> dict[str, str | None]:
        found = await asyncio.gather(*(_run_check(check) for check in self._checks.values()))
        return dict(zip(self._checks, found, strict=True))


async def _run_check(check: Check) -> str | None:
    """A check that fails or hangs is an answer too; what it raised is for the log only."""
    try:
        async with asyncio.timeout(_CHECK_WITHIN_S):
            return await check()
    except TimeoutError:
        return f"no answer within {_CHECK_WITHIN_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        log.warning("ready.check_failed", error=type(error).__name__)
        return f"failed ({type(error).__name__})"
