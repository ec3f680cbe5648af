from __future__ import annotations

import asyncio

import httpx

from bot.operating import demo
from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AppSetup
from sandbox.virtual_clock import RealClock
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
        await world.control("reset")
        await world.say("/circle use")
        await world.reply("Connect your CircleCI account first")
        await bot.stop()
