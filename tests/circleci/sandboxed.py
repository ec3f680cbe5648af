"""The real client over the real transport, against the sandbox's CircleCI on loopback, whose time a test moves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from sandbox.server import create_app
from sandbox.slack import AppSetup
from sandbox.virtual_clock import ManualClock
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.direct_client import DirectClient, DirectTransport

WEB = ProjectSlug("gh", "acme", "web")
_NOWHERE = "http://127.0.0.1:3000"


@dataclass
class CircleCISandbox:
    """`now` makes the sandbox's clock ours too. `naps` are the waits between tries, none of them slept."""

    url: str
    clock: ManualClock
    control: httpx.AsyncClient
    transport: httpx.AsyncBaseTransport | None = None
    naps: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fallbacks: list[tuple[str, str]] = []
        address, record = f"{self.url}/circleci", lambda family, reason: self.fallbacks.append((family, reason))
        build = partial(CircleCIPool, address, clock=self, transport=self.transport, sleep=self._nap)
        self.pool, self.pool_with_v3 = build(), build(v3="on", fell_back=record)

    def now(self) -> datetime:
        return self.clock.now()

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)

    def as_(self, login: str) -> CircleCI:
        return self.pool.bind(f"CCIPAT_{login}")

    @property
    def ada(self) -> CircleCI:
        return self.as_("ada")

    @property
    def ada_by_v3(self) -> CircleCI:
        """Ada, where v3 is asked before v2."""
        return self.pool_with_v3.bind("CCIPAT_ada")

    async def advance(self, seconds: float) -> None:
        """Let CircleCI's time pass; whatever was due has happened then."""
        (await self.control.post("/_control/advance", json={"seconds": seconds})).raise_for_status()

    async def fault(self, match: str, **what: Any) -> None:
        spec = {"target": "circleci", "match": match} | what
        (await self.control.post("/_control/faults", json=spec)).raise_for_status()

    async def start_pipeline(self, branch: str, **parameters: str | int | bool) -> str:
        """The id of a fresh pipeline of gh/acme/web, triggered by Ada."""
        made = await self.ada.trigger_pipeline(WEB, branch=branch, parameters=parameters)
        return str(getattr(made, "id", made))

    async def snapshot(self, pipeline_id: str, after_s: float = 0, before: Snapshot | None = None) -> Snapshot:
        if after_s:
            await self.advance(after_s)
        return await fetch_snapshot(self.ada, pipeline_id, before)

    async def calls(self) -> list[dict[str, Any]]:
        """Every call that the sandbox's CircleCI has had."""
        state = (await self.control.get("/_control/state", params={"of": "circleci.calls"})).json()
        return list(state["circleci"]["calls"])


@contextlib.asynccontextmanager
async def run_circleci_sandbox() -> AsyncIterator[CircleCISandbox]:
    """On loopback."""
    listening = open_socket()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app, clock = _build_app(url)
    async with serve_app(app, listening), _control(CircleCISandbox(url, clock, DirectClient(app, url))) as sandbox:
        yield sandbox


@contextlib.asynccontextmanager
async def run_direct_circleci() -> AsyncIterator[CircleCISandbox]:
    """The client's requests go to the application without a network: for what many requests bring about."""
    app, clock = _build_app(_NOWHERE)
    sandbox = CircleCISandbox(_NOWHERE, clock, DirectClient(app, _NOWHERE), DirectTransport(app))
    async with app.router.lifespan_context(app), _control(sandbox):
        yield sandbox


def _build_app(url: str) -> tuple[Starlette, ManualClock]:
    clock = ManualClock()
    return create_app(clock=clock, public_url=url, setup=AppSetup(has_rate_limits=False)), clock


@contextlib.asynccontextmanager
async def _control(sandbox: CircleCISandbox) -> AsyncIterator[CircleCISandbox]:
    async with sandbox.control:
        try:
            yield sandbox
        finally:
            await sandbox.pool.close()
            await sandbox.pool_with_v3.close()
