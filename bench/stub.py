"""A Slack that agrees to everything and counts the answers at its response_url; a process of its own.

Prints its URL. `GET /answered/<count>` is answered as soon as so many answers have come.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.operating.process import run

_WHO = {"ok": True, "url": "https://bench.slack.com/", "team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}
_VIEW = {"view": {"id": "V1", "hash": "1"}}


class Stub:
    def __init__(self) -> None:
        self._answers = 0
        self._more = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/{method}", self.call),
            web.post("/respond", self.respond),
            web.get("/answered", self.count),
            web.get("/answered/{count}", self.answered),
        ]

    async def call(self, request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(_WHO | _VIEW)

    async def respond(self, request: web.Request) -> web.Response:
        await request.read()
        self._answers += 1
        self._more.set()
        return web.Response(text="ok")

    async def count(self, _request: web.Request) -> web.Response:
        return web.Response(text=str(self._answers))

    async def answered(self, request: web.Request) -> web.Response:
        while self._answers < int(request.match_info["count"]):
            self._more.clear()
            await self._more.wait()
        return web.Response(text=str(self._answers))


async def serve() -> None:
    app = web.Application()
    app.add_routes(Stub().routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    run(serve())
