from __future__ import annotations

import asyncio
import contextlib
import os
import select
import sys
from pathlib import Path

import httpx
import pytest

from bot.operating import demo
from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AppSetup
from sandbox.virtual_clock import RealClock
from tests.plugins.programs import AS_PEOPLE_DO, get_free_port, start_circlebot
from tests.plugins.slack_users import SlackUsers


async def test_a_world_that_begins_anew_has_a_bot_that_remembers_nothing() -> None:
    listening, url = server.bind_socket()
    app = server.create_app(public_url=url, setup=AppSetup(manifest=build_manifest(url=None)), clock=RealClock(20))
    async with (
        asyncio.timeout(90),
        server.serving(app, sockets=[listening]),
        httpx.AsyncClient(base_url=url, timeout=60) as http,
    ):
        bot, world = demo.DemoBot(url, app.state.sandbox), SlackUsers(url, http)
        await bot.start()
        app.state.sandbox.around_reset = bot.restart_around
        await world.connect()
        await world.say("/circle use gh/acme/web")
        await world.reply("from now on, where they name none")
        app.state.sandbox.breaks.bot = bot
        await world.control("break", name="bot")
        await world.control("reset")
        await world.say("/circle use")
        await world.reply("Connect your CircleCI account first")
        assert (await http.get("/_control/breaks")).json()["incident"] is None
        await bot.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_a_demo_that_dies_leaves_no_bot_behind(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    words = ("demo", "--port", str(get_free_port()))
    async with start_circlebot(*words, env=environment, cwd=tmp_path, program=AS_PEOPLE_DO) as program:
        await program.wait_for_output("circlebot is up")
        (bot,) = _list_children(program.process.pid)
        program.process.kill()
        await program.process.wait()
        await asyncio.wait_for(asyncio.to_thread(_wait_for_end, bot), 30)


def _list_children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _wait_for_end(pid: int) -> None:
    """It is no child of ours: the kernel tells of its end by a descriptor."""
    with contextlib.suppress(ProcessLookupError):
        select.select([os.pidfd_open(pid)], [], [])
