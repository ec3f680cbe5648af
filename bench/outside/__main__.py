"""Serves both; prints the URL. What is asked of it beside Slack's and CircleCI's own routes goes to `POST /control`."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from bench.outside.circleci import CircleCI
from bench.outside.slack import Slack
from bench.outside.sockets import Sockets
from bench.outside.troubles import Troubles
from bot.operating.process import run_async


async def serve() -> None:
    slack, troubles = Slack(), Troubles()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        circleci = CircleCI(http)

        async def control(request: web.Request) -> web.Response:
            """`slack_delay_s`, `circleci_delay_s`, `paced`: how they answer from now on."""
            said = await request.json()
            slack.delay_s, slack.paced = said.get("slack_delay_s", 0.0), said.get("paced", False)
            circleci.delay_s = said.get("circleci_delay_s", 0.0)
            return web.Response()

        async def trouble(request: web.Request) -> web.Response:
            """What goes wrong from now on, and nothing else (troubles.py)."""
            troubles.replace(await request.json())
            return web.json_response({"struck": troubles.struck})

        app = web.Application(client_max_size=2**24, middlewares=[troubles.answer])
        app.add_routes([web.post("/troubles", trouble)])
        app.add_routes([web.post("/control", control), *Sockets(slack).routes(), *slack.routes(), *circleci.routes()])
        print(f"http://127.0.0.1:{await _listen(app)}", flush=True)
        await asyncio.Event().wait()


async def _listen(app: web.Application) -> int:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    return int(runner.addresses[0][1])


if __name__ == "__main__":
    run_async(serve())
