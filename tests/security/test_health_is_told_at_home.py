"""How things stand is told on a port of its own, on this machine; the world hears 200 or 503, and costs us nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import structlog

from bot.app.composition import App, build_app
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.operating.demo_bot import build_settings
from bot.operating.process import serve_admin, serve_http
from bot.settings import Settings
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.web import routes
from bot.web.readiness import load_readings
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements
from tests.web.conftest import NOW, StandingClock


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    one = build_app(build_settings("http://127.0.0.1:1", await create_database(tmp_path)), clock=StandingClock())
    async with one.running(frozenset()):
        yield one


def asking(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")  # type: ignore[arg-type] # ASGI


async def test_the_world_hears_whether_and_not_why(app: App) -> None:
    async with asking(app.build_web_app()) as http:
        ready, alive = await http.get("/readyz"), await http.get("/healthz")
        assert (ready.status_code, ready.content) == (503, b"")
        assert alive.status_code == 200
        assert (await http.get("/metrics")).status_code == 404
    async with asking(routes.build_admin_app(app.build_health())) as http:
        assert (await http.get("/readyz")).json()["checks"]["slack"] == "no Socket Mode connection is open"
        assert "circlebot_outbox_backlog 0.0" in (await http.get("/metrics")).text
        assert (await http.get("/healthz")).status_code == 200


class Shut(Vault):
    """Whoever opens a secret is found out."""

    def open(self, owner: str, sealed: str) -> str:
        raise AssertionError(owner)


async def test_no_secret_is_opened_and_nothing_is_read_one_by_one(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Shut([generate_key()]))
    counts = []
    for much in (3, 30):
        async with store.begin() as tx:
            for number in range(much):
                project = ProjectSlug("gh", "acme", f"web{number}")
                await tx.polled_projects.upsert(project, NOW - timedelta(seconds=number))
                await tx.hooks.upsert(Hook(project, f"k{number}", "p", "h", "https://bot", "T1", "U1", NOW, secret="s"))
                await tx.hooks.mark_heard("k0", NOW)
        with count_statements() as asked:
            found = await load_readings(store=store, socket=None, clock=StandingClock())
        counts.append(asked.count)
    assert counts == [4, 4]
    assert (found.webhooks_trusted, found.webhooks_untrusted, found.poll_lag_s) == (1, 29, 29.0)
    await store.close()


async def test_whoever_asks_many_times_finds_it_once(app: App) -> None:
    async with asking(app.build_web_app()) as http:
        with count_statements() as asked:
            await asyncio.gather(*(http.get("/readyz") for _ in range(100)))
    assert asked.count <= 3
    async with asking(routes.build_admin_app(app.build_health())) as http:
        with count_statements() as asked:
            await asyncio.gather(*(http.get("/metrics") for _ in range(100)))
    assert asked.count == 4


def test_it_is_told_to_this_machine_alone_unless_somebody_says_otherwise() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert (defaults["admin_host"], defaults["admin_port"]) == ("127.0.0.1", 9090)


async def test_where_the_port_is_taken_it_says_so_and_goes_without(app: App) -> None:
    admin = routes.build_admin_app(app.build_health())
    async with serve_http(admin, host="127.0.0.1", port=0) as port:
        with structlog.testing.capture_logs() as lines:
            async with serve_admin(admin, host="127.0.0.1", port=port):
                pass
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
    assert [line["event"] for line in lines] == ["admin.not_up"]
