"""Real: CircleCI and the control API, in process. Fake: Slack, which only records the calls that it gets."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox import break_control, circleci, control
from sandbox.breaks import Breaks
from sandbox.changes import Changes
from sandbox.drill.drill import Drill
from sandbox.faults import Faults
from sandbox.slack import FakeSlack
from sandbox.virtual_clock import ManualClock

PEOPLE = {"U0GRACE"}


@dataclass
class RecordingSlack:
    """Records its calls."""

    calls: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def snapshot(self, part: str = "") -> dict[str, Any]:
        return {"calls": self.calls}

    def reset(self, *, seed: bool) -> None:
        self.calls.append(f"reset seed={seed}")

    async def disconnect(self, reason: str) -> None:
        self.calls.append(f"disconnect {reason}")

    def drop_socket(self) -> None:
        self.calls.append("drop_socket")

    def deactivate(self, user: str) -> None:
        if user not in PEOPLE:
            raise ValueError(f"there is nobody {user}")
        self.calls.append(f"deactivate {user}")


class SandboxController:
    """Somebody who controls a sandbox."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.slack = RecordingSlack(changes=Changes(part_of=self.changes))
        self.faults = Faults(ManualClock())
        self.around_reset = nullcontext
        self.circleci = circleci.FakeCircleci(
            clock=ManualClock(), changes=self.changes, faults=self.faults, history=circleci.seed_history
        )
        self.breaks = Breaks(cast("FakeSlack", self.slack), self.circleci, self.faults, self.changes)
        self.drill = Drill(cast("FakeSlack", self.slack), self.circleci, self.breaks)
        mounts = [
            Mount("/_control", routes=[*control.build_routes(self), *break_control.build_routes(self)]),
            Mount("/circleci", routes=circleci.build_routes(self.circleci)),
        ]
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=mounts)), base_url="http://sandbox"
        )

    async def post(self, what: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/_control/{what}", json=body)

    async def do(self, what: str, **body: Any) -> Any:
        answer = await self.post(what, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def state(self) -> Any:
        return (await self.http.get("/_control/state")).json()

    async def newest(self) -> Any:
        return (await self.state())["circleci"]["pipelines"][0]

    async def push(self, branch: str, advance_s: float, **details: Any) -> Any:
        """A pipeline of gh/acme/web as it is some seconds after its push."""
        await self.do("push", project="gh/acme/web", branch=branch, **details)
        await self.do("advance", seconds=advance_s)
        return await self.newest()
