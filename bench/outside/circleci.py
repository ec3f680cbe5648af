"""A CircleCI over HTTP: builds that are pushed at a steady rate, and webhooks when they end."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import time
from collections import Counter
from typing import Any

import aiohttp
from aiohttp import web

from bench.company import hook_key
from bench.outside.builds import Build, Builds
from bot.clock import SystemClock
from bot.workers.loop import BackgroundTasks

_GOLDEN = (5**0.5 - 1) / 2
"""Its multiples, without what is before the point, fill the unit evenly however many there are."""


class CircleCI:
    """`delay_s` is how long each answer takes."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.delay_s = 0.0
        self._http = http
        self._builds = Builds(())
        self._clock = SystemClock()
        self._tasks = BackgroundTasks()
        self._asked: Counter[str] = Counter()
        self._ended_at: dict[str, float] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/circleci/projects", self.open),
            web.post("/circleci/pushes", self.push),
            web.get("/circleci", self.report),
            web.get("/output", self.output),
            web.get("/circleci/{path:.+}", self.answer),
        ]

    async def open(self, request: web.Request) -> web.Response:
        self._builds = Builds(await request.json(), f"{request.url.origin()}")
        return web.Response()

    async def push(self, request: web.Request) -> web.Response:
        """`count` builds, `every_s` one, in the `projects` by turns; one in five fails.

        Each ends after `lasts_s` and up to `spread_s` more: evenly spread, so that few of them tell what many would.
        """
        self._tasks.start(self._push_all(await request.json()))
        return web.Response()

    async def _push_all(self, wanted: dict[str, Any]) -> None:
        began_s, projects = time.monotonic(), itertools.cycle(wanted["projects"])
        for number in range(wanted["count"]):
            await asyncio.sleep(max(0.0, began_s + number * wanted["every_s"] - time.monotonic()))
            project, passes = next(projects), bool(number % 5)
            lasts_s = wanted["lasts_s"] + wanted["spread_s"] * (number * _GOLDEN % 1)
            build = self._builds.push(project, self._clock.now(), lasts_s, passes=passes)
            self._tasks.start(self._end(build, wanted.get("webhooks")))

    async def _end(self, build: Build, webhooks: dict[str, str] | None) -> None:
        """What CircleCI shows ends by itself; this is when, by the clock that all processes of a machine share."""
        await asyncio.sleep((build.ends_at - self._clock.now()).total_seconds())
        self._ended_at[build.workflow_id] = time.monotonic()
        if webhooks:
            content = json.dumps(_event(build)).encode()
            signature = hmac.new(webhooks["secret"].encode(), content, "sha256").hexdigest()
            url = f"{webhooks['url']}?hook={hook_key(build.project)}"
            async with self._http.post(url, data=content, headers={"circleci-signature": f"v1={signature}"}) as answer:
                answer.raise_for_status()

    async def report(self, _request: web.Request) -> web.Response:
        return web.json_response({"asked": self._asked, "ended_at": self._ended_at})

    async def output(self, _request: web.Request) -> web.Response:
        return web.json_response([{"message": "make: *** [test] Error 2\n", "type": "out"}])

    async def answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self._asked[path.rpartition("/")[2] if path.count("/") > 2 else path] += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        status, found = self._builds.answer(path, dict(request.query), self._clock.now())
        return web.json_response(found, status=status)


def _event(build: Build) -> dict[str, Any]:
    return {
        "id": f"event-{build.id}",
        "type": "workflow-completed",
        "happened_at": build.ends_at.isoformat(),
        "project": {"id": build.project, "slug": build.project.replace("gh/", "github/", 1)},
        "pipeline": {"id": build.id, "number": build.number},
        "workflow": {"id": build.workflow_id, "name": "build-and-test"},
    }
