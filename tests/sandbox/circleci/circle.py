"""Real: the simulated CircleCI and its routes, in process. By hand: its clock."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox import circleci
from sandbox.changes import Changes
from sandbox.circleci.fake_projects import FakeProject
from sandbox.faults import Faults
from sandbox.virtual_clock import ManualClock

WEB = "/project/gh/acme/web"


class SimulatorClient:
    """The simulator on a clock that moves by `after` alone, and a client that calls it as `by`."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.faults = Faults(ManualClock())
        self.world = circleci.FakeCircleci(
            clock=self.clock, changes=Changes(), faults=self.faults, history=circleci.seed_history
        )
        self.app = Starlette(routes=[Mount("/circleci", routes=circleci.build_routes(self.world))])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://sandbox/circleci")

    @property
    def kiosk(self) -> FakeProject:
        return next(project for project in self.world.projects.values() if project.org.integration == "github_app")

    @property
    def firmware(self) -> FakeProject:
        return next(project for project in self.world.projects.values() if project.is_gitlab)

    def after(self, seconds: float) -> None:
        self.world.engine.advance(seconds)

    async def call(self, method: str, path: str, by: str | None = "ada", **request: Any) -> httpx.Response:
        """A call below /api/v2, or to a whole address as the simulator gave it."""
        headers = {"Circle-Token": f"CCIPAT_{by}"} if by else {}
        address = path if path.startswith("http") else f"/api/v2{path}"
        return await self.http.request(method, address, headers={**headers, **request.pop("headers", {})}, **request)

    async def get(self, path: str, by: str | None = "ada", **params: str) -> Any:
        """The JSON of an answer that must be 200."""
        answer = await self.call("GET", path, by, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ask_v3(
        self, path: str, by: str | None = "ada", *, body: Any = None, page: Any = None, **filters: str
    ) -> httpx.Response:
        """A call below /api/v3, as its clients make it; `filters` and `page` are those of its query."""
        headers = {"Authorization": f"Bearer CCIPAT_{by}"} if by else {}
        query = {f"filter[{name}]": value for name, value in filters.items()}
        query |= {f"page[{name}]": str(value) for name, value in (page or {}).items()}
        method = "GET" if body is None else "POST"
        return await self.http.request(method, f"/api/v3{path}", headers=headers, params=query, json=body)

    async def post(self, path: str, body: Any = None, by: str | None = "ada") -> httpx.Response:
        return await self.call("POST", path, by, json=body)

    async def trigger(self, branch: str = "main", by: str = "ada", **parameters: Any) -> str:
        """The id of a fresh pipeline of gh/acme/web."""
        answer = await self.post(f"{WEB}/pipeline", {"branch": branch, "parameters": parameters}, by)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def workflows(self, pipeline_id: str) -> list[dict[str, Any]]:
        return list((await self.get(f"/pipeline/{pipeline_id}/workflow"))["items"])

    async def workflow(self, pipeline_id: str) -> dict[str, Any]:
        """The newest one that is not the preview."""
        return next(run for run in await self.workflows(pipeline_id) if run["name"] != "deploy-preview")

    async def jobs(self, workflow_id: str) -> dict[str, dict[str, Any]]:
        items = (await self.get(f"/workflow/{workflow_id}/job"))["items"]
        return {job["name"]: job for job in items}
