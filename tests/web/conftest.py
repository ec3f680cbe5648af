from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.circleci.webhook_payload import WebhookEvent
from bot.domain.project_feeds import Hook
from bot.metrics import Metrics, Readings
from bot.slack.bolt_app import SlackApp
from bot.web import routes
from bot.web.circleci_endpoint import CircleCIEndpoint
from bot.web.health_endpoint import HealthEndpoint
from bot.web.install_endpoint import InstallEndpoint
from bot.web.slack_endpoint import SlackEndpoint

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class StandingClock:
    def now(self) -> datetime:
        return NOW


async def _no_readings() -> Readings:
    return Readings()


class Nobody:
    """A delivery_harness to which nothing should come."""

    async def find_hook(self, key: str) -> Hook | None:
        raise AssertionError(key)

    async def mark_refused(self, hook: Hook) -> None:
        raise AssertionError(hook)

    async def handle(self, event: WebhookEvent, hook: Hook | None = None) -> None:
        raise AssertionError(event, hook)


@pytest.fixture
def serve() -> Serve:
    """The routes with these doors, and a client in front of them; what is not given is closed.

    With `health` they are those of whoever runs us.
    """

    @asynccontextmanager
    async def _serve(**doors: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = routes.build_app(
            slack=doors.get("slack") or SlackEndpoint(bolt=_bolt(), signing_secret=None, clock=StandingClock()),
            install=InstallEndpoint(None),
            circleci=doors.get("circleci") or CircleCIEndpoint(secret=None, receiver=Nobody()),
            health=HealthEndpoint(checks={}, metrics=Metrics(), read=_no_readings),
        )
        app = routes.build_admin_app(doors["health"]) if "health" in doors else app
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
            yield http

    return _serve


def _bolt() -> SlackApp:
    return SlackApp(
        name="circlebot", signing_secret="unused", authorize=_unauthorized, request_verification_enabled=False
    )


async def _unauthorized(**_: object) -> None:
    return None
