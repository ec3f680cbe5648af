"""Every HTTP route of the bot: those for the world, and those for whoever runs it, on a port of their own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.circleci import CircleCIDoor
from bot.web.health import Health
from bot.web.install import InstallDoor
from bot.web.slack import SlackDoor


def create(*, slack: SlackDoor, install: InstallDoor, circleci: CircleCIDoor, health: Health) -> Starlette:
    return Starlette(
        routes=[
            Route("/slack/events", slack.take, methods=["POST"]),
            Route("/slack/install", install.begin),
            Route("/slack/oauth_redirect", install.finish),
            Route("/circleci/webhook", circleci.take, methods=["POST"]),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
        ]
    )


def create_admin(health: Health) -> Starlette:
    return Starlette(
        routes=[
            Route("/healthz", health.alive),
            Route("/readyz", health.reasons),
            Route("/metrics", health.metrics),
        ]
    )
