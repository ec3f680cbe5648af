"""The way to CircleCI and back: what was asked to be done may happen though its answer is lost."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.simulation.askings import Asking, find_asking
from tests.simulation.circleci_api import CircleCIState
from tests.simulation.virtual_loop import VirtualLoop

_FAILURES = ("500", "429", "cut", "slow")
_AFTERWARDS = ("500 afterwards", "cut afterwards", "slow afterwards")


@dataclass
class Act:
    """What CircleCI did because somebody asked. `is_heard`: whoever sent the request got the answer."""

    request_id: str
    user: str
    what: str
    asking: Asking | None
    at_s: float
    is_heard: bool = False


@dataclass
class SimulatedCircleCI(httpx.AsyncBaseTransport):
    """`failing` is how likely a request is answered 500, 429, or not at all: an act may have happened by then."""

    loop: VirtualLoop
    chance: Random
    state: CircleCIState
    reach: Callable[[str], Awaitable[None]]
    tell: Callable[[str], None]
    met: Counter[str]
    failing: float = 0.0
    losing: float = 0.0
    """How likely an act happens and its answer is lost, where nothing else fails."""
    acts: list[Act] = field(default_factory=list)
    unread: set[Asking | None] = field(default_factory=set)
    """For what something was read, and CircleCI did not answer."""
    unknown: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.chance.uniform(0.01, 0.3))
        writes, how = request.method != "GET", self._draw_failure(request)
        if writes:
            await self.reach("before act")
        if how in _FAILURES:
            return await self._fail(request, how)
        answer, act = self._take(request)
        if writes:
            await self.reach("after act")
        if how:
            self.met["act without an answer"] += 1
            return await self._fail(request, how.partition(" ")[0])
        await asyncio.sleep(self.chance.uniform(0.0, 0.2))
        if act:
            act.is_heard = True
        return answer

    def _draw_failure(self, request: httpx.Request) -> str:
        writes = request.method != "GET"
        if writes and self.chance.random() < self.losing:
            return self.chance.choice(_AFTERWARDS)
        if self.chance.random() >= self.failing:
            return ""
        return self.chance.choice((*_FAILURES, *_AFTERWARDS) if writes else _FAILURES)

    async def _fail(self, request: httpx.Request, how: str) -> httpx.Response:
        if request.method == "GET":
            self.unread.add(find_asking())
        if how == "500":
            return httpx.Response(500, json={"message": "Internal error"}, request=request)
        if how == "429":
            return httpx.Response(429, headers={"retry-after": "3"}, json={}, request=request)
        if how == "slow":
            await asyncio.sleep(self.chance.uniform(5, 20))
        raise httpx.ReadError("cut", request=request)

    def _take(self, request: httpx.Request) -> tuple[httpx.Response, Act | None]:
        path = request.url.path.removeprefix("/api/v2/")
        said = json.loads(request.content) if request.content else {}
        login = request.headers["circle-token"].removeprefix("CCIPAT_")
        status, answer = self.state.answer(request.method, path, login, said)
        if status == 404:
            self.unknown.append(f"{request.method} {path}")
        act = None
        request_id = f"request-{len(self.acts) + 1}"
        if request.method != "GET" and status < 300:
            act = Act(request_id, login, f"{request.method} /api/v2/{path}", find_asking(), self.loop.time())
            self.acts.append(act)
            self.tell(f"CircleCI does {path} for {login}")
        return httpx.Response(status, json=answer, headers={"x-request-id": request_id}, request=request), act
