"""Every HTTP route of the bot: public ones, and those for the operator, on a port of their own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.circleci_endpoint import CircleCIEndpoint
from bot.web.health_endpoint import HealthEndpoint
from bot.web.install_endpoint import InstallEndpoint
from bot.web.slack_endpoint import SlackEndpoint

_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class SecurityHeaders:
    """Every answer: no scripts, no guessed type, no frames, no Referer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _value in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in _HEADERS if one[0] not in given)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def build_app(
    *, slack: SlackEndpoint, install: InstallEndpoint, circleci: CircleCIEndpoint, health: HealthEndpoint
) -> Starlette:
    return Starlette(
        routes=[
            Route("/slack/events", slack.handle, methods=["POST"]),
            Route("/slack/install", install.handle_start),
            Route("/slack/oauth_redirect", install.handle_redirect),
            Route("/circleci/webhook", circleci.handle, methods=["POST"]),
            Route("/healthz", health.handle_liveness),
            Route("/readyz", health.handle_readiness),
        ],
        middleware=[Middleware(SecurityHeaders)],
    )


def build_admin_app(health: HealthEndpoint) -> Starlette:
    return Starlette(
        routes=[
            Route("/healthz", health.handle_liveness),
            Route("/readyz", health.handle_reasons),
            Route("/metrics", health.handle_metrics),
        ],
        middleware=[Middleware(SecurityHeaders)],
    )
