"""The routes as app.py opens them, on the real parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.app.composition import App, build_app
from bot.domain import ProjectSlug
from bot.operating.demo_bot import build_settings
from tests.plugins.database import create_database
from tests.web.conftest import NOW, StandingClock
from tests.web.test_circleci_endpoint import BODY, SECRET, signed

WEB = ProjectSlug("gh", "acme", "web")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = build_settings("http://127.0.0.1:1", await create_database(tmp_path))
    one = build_app(settings.model_copy(update={"circleci_webhook_secret": SecretStr(SECRET)}), clock=StandingClock())
    async with one.running(frozenset()):
        yield one


@pytest.fixture
async def http(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app.build_web_app(app.build_health(frozenset()))), base_url="http://bot"
    ) as one:
        yield one


async def look_at(app: App, later: timedelta) -> None:
    async with app.core.store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.claim(NOW, 60, "poller", limit=1)
        await tx.polled_projects.settle(WEB, 129, NOW + later, idle_rounds=0, holder="poller")


async def next_look(app: App) -> timedelta:
    async with app.core.store.begin_read() as tx:
        (watch,) = await tx.polled_projects.list_all()
    return watch.next_look_at - NOW


async def test_a_webhook_makes_the_poller_look_at_once(app: App, http: httpx.AsyncClient) -> None:
    await look_at(app, timedelta(hours=1))
    answer = await http.post("/circleci/webhook", content=BODY, headers=signed(BODY))
    assert answer.status_code == 200
    assert await next_look(app) == timedelta(0)


async def test_a_webhook_that_comes_again_is_no_news(app: App, http: httpx.AsyncClient) -> None:
    await look_at(app, timedelta(hours=1))
    await http.post("/circleci/webhook", content=BODY, headers=signed(BODY))
    await look_at(app, timedelta(hours=2))
    again = await http.post("/circleci/webhook", content=BODY, headers=signed(BODY))
    assert again.status_code == 200
    assert await next_look(app) == timedelta(hours=2)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_told_to_whoever_asks(path: str, http: httpx.AsyncClient) -> None:
    assert (await http.get(path)).status_code == 200


async def test_in_socket_mode_slack_finds_no_route(http: httpx.AsyncClient) -> None:
    assert (await http.post("/slack/events", content=b"x")).status_code == 404


async def test_there_is_nothing_else(http: httpx.AsyncClient) -> None:
    assert (await http.get("/")).status_code == 404
    assert (await http.get("/slack/events")).status_code == 405
