"""CircleCI's API as far as polling asks it: builds whose course is planned, told as of the moment of the request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx

from bot.domain import ProjectSlug
from tests.simulation.virtual_loop import STARTED_AT, VirtualLoop

Json = dict[str, Any]

WEB = ProjectSlug("gh", "acme", "web")
ENDED = frozenset({"success", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow: `course` is when (in seconds) it gets which status, the last one an end."""

    id: str
    name: str
    course: tuple[tuple[float, str], ...]

    def find_status(self, now_s: float) -> str | None:
        """None before it was made."""
        return next((status for at_s, status in reversed(self.course) if at_s <= now_s), None)

    @property
    def end(self) -> str:
        return self.course[-1][1]


@dataclass(frozen=True, slots=True)
class Build:
    """A pipeline of gh/acme/web on a branch."""

    number: int
    id: str
    branch: str
    runs: tuple[Run, ...]

    @property
    def began_s(self) -> float:
        return min(run.course[0][0] for run in self.runs)

    @property
    def ended_s(self) -> float:
        return max(run.course[-1][0] for run in self.runs)


@dataclass
class SimulatedCircleCI(httpx.AsyncBaseTransport):
    """`failing` is how likely a request is answered 500, 429, or not at all."""

    loop: VirtualLoop
    chance: Random
    builds: Sequence[Build]
    failing: float = 0.0
    unknown: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.chance.uniform(0.01, 0.3))
        if self.chance.random() < self.failing:
            return await self._fail(request)
        answer = self._answer(request.method, request.url.path.removeprefix("/api/v2/"))
        await asyncio.sleep(self.chance.uniform(0.0, 0.2))
        if answer is None:
            self.unknown.append(request.url.path)
            return httpx.Response(404, json={"message": "Not found"}, request=request)
        return httpx.Response(200, json=answer, request=request)

    async def _fail(self, request: httpx.Request) -> httpx.Response:
        how = self.chance.choice(("500", "429", "cut", "slow"))
        if how == "500":
            return httpx.Response(500, json={"message": "Internal error"}, request=request)
        if how == "429":
            return httpx.Response(429, headers={"retry-after": "3"}, json={}, request=request)
        if how == "slow":
            await asyncio.sleep(self.chance.uniform(5, 20))
        raise httpx.ReadError("cut", request=request)

    def _answer(self, method: str, path: str) -> Json | None:
        assert method == "GET", path
        for pattern, answer in _ROUTES:
            if found := pattern.fullmatch(path):
                return answer(self, *found.groups())
        return None

    def tell_me(self) -> Json:
        return {"id": "00000000-0000-4000-8000-0000000000aa", "login": "ada", "name": "Ada"}

    def tell_project(self) -> Json:
        return {
            "id": "00000000-0000-4000-8000-0000000000bb",
            "slug": str(WEB),
            "name": "web",
            "organization_name": "acme",
            "vcs_info": {"default_branch": "main", "provider": "GitHub", "vcs_url": "https://github.com/acme/web"},
        }

    def list_builds(self) -> Json:
        begun = [one for one in self.builds if one.began_s <= self.loop.time()]
        return _list([self._tell_build(one) for one in sorted(begun, key=lambda one: -one.number)])

    def tell_build(self, build_id: str) -> Json | None:
        return next((self._tell_build(one) for one in self.builds if one.id == build_id), None)

    def list_runs(self, build_id: str) -> Json | None:
        build = next((one for one in self.builds if one.id == build_id), None)
        return build and _list([self._tell_run(build, run) for run in build.runs if run.find_status(self.loop.time())])

    def list_jobs(self, run_id: str) -> Json | None:
        run = next((run for build in self.builds for run in build.runs if run.id == run_id), None)
        return run and _list([self._tell_job(run), *self._tell_hold(run)])

    def _tell_build(self, build: Build) -> Json:
        return {
            "id": build.id,
            "number": build.number,
            "project_slug": str(WEB),
            "state": "created",
            "created_at": _tell_time(build.began_s),
            "trigger": {"type": "webhook", "actor": {"login": "ada"}},
            "vcs": {"branch": build.branch, "revision": f"{build.number:040x}"},
            "errors": [],
        }

    def _tell_run(self, build: Build, run: Run) -> Json:
        now_s = self.loop.time()
        status = run.find_status(now_s)
        return {
            "id": run.id,
            "name": run.name,
            "status": status,
            "created_at": _tell_time(run.course[0][0]),
            "stopped_at": _tell_time(run.course[-1][0]) if status in ENDED else None,
            "pipeline_id": build.id,
            "pipeline_number": build.number,
            "project_slug": str(WEB),
        }

    def _tell_job(self, run: Run) -> Json:
        status = run.find_status(self.loop.time())
        return {
            "id": f"{run.id[:-1]}j",
            "name": "build",
            "type": "build",
            "job_number": int(run.id[-6:]),
            "status": "success" if status == "on_hold" else status,
            "started_at": _tell_time(run.course[0][0]),
            "stopped_at": _tell_time(run.course[-1][0]) if status in ENDED else None,
            "dependencies": [],
        }

    def _tell_hold(self, run: Run) -> list[Json]:
        """Where it waits at some time for an approval."""
        held_s = next((at_s for at_s, status in run.course if status == "on_hold"), None)
        if held_s is None:
            return []
        now = self.loop.time()
        over = now >= run.course[-1][0]
        status = (
            ("success" if run.end != "canceled" else "canceled") if over else "on_hold" if now >= held_s else "blocked"
        )
        return [
            {
                "id": f"{run.id[:-1]}h",
                "name": "release",
                "type": "approval",
                "status": status,
                "approval_request_id": f"{run.id[:-1]}a",
                "dependencies": [],
            }
        ]


def _list(items: list[Json]) -> Json:
    return {"items": items, "next_page_token": None}


def _tell_time(at_s: float) -> str:
    return (STARTED_AT + timedelta(seconds=at_s)).isoformat().replace("+00:00", "Z")


_ROUTES: list[tuple[re.Pattern[str], Callable[..., Json | None]]] = [
    (re.compile("me"), SimulatedCircleCI.tell_me),
    (re.compile("project/gh/acme/web"), SimulatedCircleCI.tell_project),
    (re.compile("project/gh/acme/web/pipeline"), SimulatedCircleCI.list_builds),
    (re.compile("pipeline/([^/]+)"), SimulatedCircleCI.tell_build),
    (re.compile("pipeline/([^/]+)/workflow"), SimulatedCircleCI.list_runs),
    (re.compile("workflow/([^/]+)/job"), SimulatedCircleCI.list_jobs),
]
