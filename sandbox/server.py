"""The sandbox as one web application and a server for it: a Slack, a CircleCI, the page and the controls."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from uvicorn.config import Config

from sandbox import break_control, circleci, control, page_files, slack
from sandbox.breaks import Breaks
from sandbox.changes import Changes
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.story_guide import list_guides
from sandbox.drill.drill import Drill
from sandbox.faults import Faults
from sandbox.first_minutes import list_minutes
from sandbox.origin_check import build_origin_middleware
from sandbox.prompt_server import PromptServer
from sandbox.slack import AppSetup, FakeSlack, Team
from sandbox.virtual_clock import MovableClock, RealClock, SandboxClock

RECENT_PIPELINES = 20
# How long a stopping server waits for answers under way before it cancels them.
STOP_WITHIN_S = 2


def create_app(
    *,
    public_url: str = "http://localhost:3000",
    setup: AppSetup | None = None,
    clock: MovableClock | None = None,
    slack_clock: SandboxClock | None = None,
    autopilot: bool = False,
    teams: Sequence[Team] = (),
) -> Starlette:
    """The whole sandbox.

    Every URL that the sandbox hands out begins with `public_url`. `setup` describes the Slack app. `clock` is
    CircleCI's and may run faster than real time; `slack_clock` measures Slack's time limits. `autopilot` lets CircleCI
    start pipelines that nobody triggered. `teams` are further workspaces that have the same app.
    """
    real_clock = slack_clock or RealClock()
    changes, faults = Changes(), Faults(real_clock)
    build = partial(FakeSlack, setup or AppSetup(), clock=real_clock, faults=faults, public_url=public_url)
    fake_slack = build(changes=Changes(part_of=changes))
    for team in teams:
        build(changes=Changes(part_of=changes), team=team, beside=fake_slack)
    fake_circleci = circleci.FakeCircleci(
        clock=clock or RealClock(),
        changes=changes,
        faults=faults,
        public_url=public_url,
        history=circleci.seed_history,
        autopilot=partial(circleci.run_autopilot, clock=real_clock) if autopilot else None,
    )
    breaks = Breaks(fake_slack, fake_circleci, faults, changes)
    drill = Drill(fake_slack, fake_circleci, breaks)
    return _application(Sandbox(fake_slack, fake_circleci, faults, changes, breaks, drill), public_url)


@dataclass
class Sandbox:
    """Both simulators and what they share; `app.state.sandbox`.

    A reset runs within `around_reset`, so that the demo can restart the bot with an empty database.
    """

    slack: FakeSlack
    circleci: circleci.FakeCircleci
    faults: Faults
    changes: Changes
    breaks: Breaks
    drill: Drill
    around_reset: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext


def _application(sandbox: Sandbox, public_url: str) -> Starlette:
    app = Starlette(routes=_routes(sandbox), lifespan=_lifespan, middleware=build_origin_middleware(public_url))
    app.state.sandbox = sandbox
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """CircleCI's time passes while the application runs."""
    sandbox: Sandbox = app.state.sandbox
    async with sandbox.circleci.running():
        yield
        await sandbox.drill.stop()
        for workspace in sandbox.slack.workspaces:
            await workspace.stop()


def _routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        *slack.build_routes(sandbox.slack),
        *(Mount(each.team.path, routes=_team_routes(sandbox, each)) for each in sandbox.slack.workspaces[1:]),
        Mount("/circleci", routes=circleci.build_routes(sandbox.circleci)),
        Mount("/_control", routes=[*control.build_routes(sandbox), *break_control.build_routes(sandbox)]),
        Route("/_page/circleci", _SidePanel(sandbox.slack, sandbox.circleci).show),
        *page_files.build_routes(),
    ]


def _team_routes(sandbox: Sandbox, workspace: FakeSlack) -> list[BaseRoute]:
    """A further workspace: its own Slack and what the controls show of it; the CircleCI is the same."""
    controls = Mount("/_control", routes=control.build_routes(replace(sandbox, slack=workspace)))
    return [*slack.build_routes(workspace), controls]


class _SidePanel:
    """What the page's CircleCI panel shows."""

    def __init__(self, chat: FakeSlack, world: circleci.FakeCircleci) -> None:
        self._chat, self._world = chat, world

    async def show(self, request: Request) -> Response:
        seen = self._world.snapshot()
        projects = [{key: each[key] for key in ("slug", "name", "branches")} for each in seen["projects"]]
        rules = [rule.as_page() for rule in ApiRule]
        pipelines = seen["pipelines"][:RECENT_PIPELINES]
        minutes = list_minutes(self._chat, self._world, request.query_params.get("as", ""))
        shown = {"projects": projects, "stories": list_guides(), "pipelines": pipelines, "rules": rules}
        return JSONResponse(shown | {"minutes": minutes})


class SandboxServer(PromptServer):
    """Closes the event streams of open pages when it stops."""

    def __init__(self, config: Config, app: Starlette, *, embedded: bool) -> None:
        super().__init__(config)
        self._app = app
        self._embedded = embedded

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped. Raises OSError when the port is taken."""
        await super().serve(sockets or [bind_socket(self.config.host, self.config.port)[0]])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for workspace in self._app.state.sandbox.slack.workspaces:
            workspace.close_pages()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the surrounding program, unless this server is the whole program."""
        if self._embedded:
            yield
        else:
            with super().capture_signals():
                yield


def make_server(app: Starlette, *, host: str = "127.0.0.1", port: int = 3000, embedded: bool = False) -> SandboxServer:
    """A server to `await server.serve()`; unless `embedded` it ends with SIGINT or SIGTERM."""
    config = Config(
        app,
        host=host,
        port=port,
        lifespan="on",
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    return SandboxServer(config, app, embedded=embedded)


@contextlib.asynccontextmanager
async def serving(
    app: Starlette,
    *,
    host: str = "127.0.0.1",
    port: int = 3000,
    sockets: list[socket.socket] | None = None,
) -> AsyncIterator[SandboxServer]:
    """A server that is up while this is entered. Bound sockets may be passed in, as `bind_socket` makes them."""
    server = make_server(app, host=host, port=port, embedded=True)
    async with server.serving(sockets):
        yield server


def bind_socket(host: str = "127.0.0.1", port: int = 0) -> tuple[socket.socket, str]:
    """A socket and the URL it will be reached at; port 0 takes one that is free. Raises OSError when it is taken."""
    listening = socket.create_server((host, port))
    # Without it every answer on a connection that is kept waits 40 ms for an acknowledgement: asyncio does not set it
    # for a socket that it is given. What is accepted here inherits it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening, f"http://{host}:{listening.getsockname()[1]}"
