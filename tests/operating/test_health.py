from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.operating.health import check_health
from bot.operating.process import serve_http
from bot.settings import Settings
from tests.plugins.programs import get_free_port, run_circlebot


def build_app(status: int, reasons: str) -> Starlette:
    async def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(reasons, status)

    return Starlette(routes=[Route("/readyz", answer)])


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as a pod listens
async def test_the_admin_port_says_whether_it_is_ready_and_why_not(status: int, ready: bool, host: str) -> None:
    async with serve_http(build_app(status, "reasons"), host=host, port=0) as port:
        settings = Settings(_env_file=None, admin_host=host, admin_port=port)
        assert await asyncio.to_thread(check_health, settings) == (ready, "reasons")


async def test_where_there_is_no_admin_port_the_other_is_asked() -> None:
    async with serve_http(build_app(200, ""), host="127.0.0.1", port=0) as port:
        settings = Settings(_env_file=None, admin_port=0, port=port)
        assert await asyncio.to_thread(check_health, settings) == (True, "")


def test_a_process_that_is_not_there_is_not_ready() -> None:
    port = get_free_port()
    settings = Settings(_env_file=None, admin_port=port)
    assert check_health(settings) == (False, f"nobody answers at port {port} (ConnectionRefusedError)")


async def test_the_command_line_says_it_with_its_exit_code(tmp_path: Path) -> None:
    async with serve_http(build_app(503, "no Slack"), host="127.0.0.1", port=0) as port:
        lost = await run_circlebot("health", env={"ADMIN_PORT": str(port)}, cwd=tmp_path)
        unread = await run_circlebot("health", env={"ADMIN_PORT": "many"}, cwd=tmp_path)
    assert (lost.code, lost.out) == (1, "no Slack\n")
    assert (unread.code, unread.out) == (1, "the settings cannot be read: circlebot doctor says which\n")
