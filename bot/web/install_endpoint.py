"""Installing into a workspace: Bolt's OAuth flow, behind two routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

log = structlog.get_logger(__name__)


class InstallEndpoint:
    """Without SLACK_CLIENT_ID and SLACK_CLIENT_SECRET there is nothing to install."""

    def __init__(self, flow: AsyncOAuthFlow | None) -> None:
        self._flow = flow

    async def handle_start(self, request: Request) -> Response:
        return await self._run_flow(request, self._flow.handle_installation) if self._flow else _build_not_offered()

    async def handle_redirect(self, request: Request) -> Response:
        return await self._run_flow(request, self._flow.handle_callback) if self._flow else _build_not_offered()

    async def _run_flow(
        self, request: Request, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> Response:
        return to_starlette_response(await handle(to_async_bolt_request(request, b"")))


def _build_not_offered() -> Response:
    return PlainTextResponse("This circlebot lives in one workspace; there is nothing to install here.", 404)
