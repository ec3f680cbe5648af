"""What whoever runs us asks: are you alive, are you ready, how are you doing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.metrics import CONTENT_TYPE, Metrics, Readings

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else what is wrong, in words."""

_CHECK_WITHIN_S = 5.0


class Health:
    """`checks` by name decide about readiness; `read` takes the readings of a scrape."""

    def __init__(
        self, *, checks: Mapping[str, Check], metrics: Metrics, read: Callable[[], Awaitable[Readings]]
    ) -> None:
        self._checks = checks
        self._metrics = metrics
        self._read = read

    async def alive(self, _request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(self, _request: Request) -> Response:
        """`{"ready": bool, "checks": {name: "ok" or what is wrong}}`, 503 unless all are well."""
        found = await asyncio.gather(*(_settled(check) for check in self._checks.values()))
        wrong = any(found)
        checks = {name: reason or "ok" for name, reason in zip(self._checks, found, strict=True)}
        return JSONResponse({"ready": not wrong, "checks": checks}, 503 if wrong else 200)

    async def metrics(self, _request: Request) -> Response:
        return Response(self._metrics.page(await self._read()), media_type=CONTENT_TYPE)


async def _settled(check: Check) -> str | None:
    """A check that fails or hangs is an answer too; what it raised is for the log only."""
    try:
        async with asyncio.timeout(_CHECK_WITHIN_S):
            return await check()
    except TimeoutError:
        return f"no answer within {_CHECK_WITHIN_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        log.warning("ready.check_failed", error=type(error).__name__)
        return f"failed ({type(error).__name__})"
