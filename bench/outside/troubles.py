"""What goes wrong outside: whole platforms that refuse, or answers that never arrive."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls a `share` of the calls to paths that begin so. `drops` performs the call and cuts the connection."""

    path: str
    status: int = 503
    share: float = 1.0
    drops: bool = False
    retry_after: int | None = None

    def befalls(self, path: str) -> bool:
        return path.startswith(self.path) and random.random() < self.share  # noqa: S311 - chance that is no secret

    def refuse(self) -> web.Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = {"ok": False, "error": "ratelimited" if self.status == 429 else "internal_error", "message": "Refused."}
        return web.json_response(body, status=self.status, headers=headers)


class Troubles:
    """Those in force, and how many calls they `struck`."""

    def __init__(self) -> None:
        self._all: list[Trouble] = []
        self.struck = 0

    def replace(self, said: list[dict[str, Any]]) -> None:
        self._all = [Trouble(**one) for one in said]

    @web.middleware
    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        trouble = next((one for one in self._all if one.befalls(request.path)), None)
        if trouble is None:
            return await handler(request)
        self.struck += 1
        if not trouble.drops:
            return trouble.refuse()
        answer = await handler(request)
        if request.transport:
            request.transport.abort()
        return answer
