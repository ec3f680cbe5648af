"""Every HTTP route of the bot: those for the world, and those for whoever runs it, on a port of their own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.circleci_endpoint import CircleCIDoor
from bot.web.health_endpoint import Health
from bot.web.install_endpoint import InstallDoor
from bot.web.slack_endpoint import SlackDoor

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Plain:
    """Whatever we answer runs nothing, is not guessed at, stands in no frame, and tells nobody where it stood."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)


def create(*, slack: SlackDoor, install: InstallDoor, circleci: CircleCIDoor, health: Health) -> Starlette:
    return Starlette(
        routes=[
            Route("/slack/events", slack.take, methods=["POST"]),
            Route("/slack/install", install.begin),
            Route("/slack/oauth_redirect", install.finish),
            Route("/circleci/webhook", circleci.take, methods=["POST"]),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
        ],
        middleware=[Middleware(Plain)],
    )


def create_admin(health: Health) -> Starlette:
    return Starlette(
        routes=[
            Route("/healthz", health.alive),
            Route("/readyz", health.reasons),
            Route("/metrics", health.metrics),
        ],
        middleware=[Middleware(Plain)],
    )
