"""A Slack that agrees to everything, or, when it is `paced`, to one post a second and channel, as the real one does."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from typing import Any

from aiohttp import web

_WHO = {"ok": True, "url": "https://bench.slack.com/", "team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}
_VIEW = {"view": {"id": "V1", "hash": "1"}, "user": {"id": "U1", "deleted": False}}
_SCOPES = {"x-oauth-scopes": "chat:write,channels:history"}
_BURST_S = 4.0
"""How many seconds' worth of posts a channel may be ahead: Slack allows short bursts."""


_REMEMBERED = 2_000
"""Messages of a channel that can be read again."""


class Slack:
    def __init__(self) -> None:
        self.delay_s = 0.0
        self.paced = False
        self.refused = 0
        self.called = 0
        self.arrived_at: dict[str, float] = {}
        self.copies: Counter[str] = Counter()
        self._history: dict[str, deque[dict[str, Any]]] = {}
        self._next_at: dict[str, float] = {}
        self.answers = 0
        self._more = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/chat.postMessage", self.post),
            web.post("/api/conversations.{method:history|replies}", self.read),
            web.get("/api/conversations.{method:history|replies}", self.read),
            web.post("/api/{method}", self.call),
            web.get("/api/{method}", self.call),
            web.post("/respond", self.respond),
            web.get("/answered", self.count),
            web.get("/answered/{count}", self.answered),
            web.get("/slack", self.report),
        ]

    async def post(self, request: web.Request) -> web.Response:
        """Remember when each message came for the first time, by the key in its metadata."""
        at_s = time.monotonic()
        said = await request.json()
        self.called += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.paced and not self._has_turn(said["channel"], at_s):
            self.refused += 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        key, ts = said["metadata"]["event_payload"]["key"], f"{int(time.time())}.{self.called % 10**6:06d}"
        self.arrived_at.setdefault(key, at_s)
        self.copies[key] += 1
        shown = {"ts": ts, "thread_ts": said.get("thread_ts"), "metadata": said["metadata"]}
        self._history.setdefault(said["channel"], deque(maxlen=_REMEMBERED)).appendleft(shown)
        return web.json_response({"ok": True, "channel": said["channel"], "ts": ts}, headers=_SCOPES)

    async def read(self, request: web.Request) -> web.Response:
        """The messages of a channel, or of a thread of it, since then: all on one page."""
        self.called += 1
        asked = {**request.query, **(await request.post())}
        found = [
            message
            for message in self._history.get(str(asked["channel"]), ())
            if message["thread_ts"] == asked.get("ts") and message["ts"] >= str(asked["oldest"])
        ]
        return web.json_response({"ok": True, "messages": found}, headers=_SCOPES)

    def _has_turn(self, channel: str, at_s: float) -> bool:
        next_at = max(self._next_at.get(channel, 0.0), at_s)
        if next_at - at_s > _BURST_S:
            return False
        self._next_at[channel] = next_at + 1.0
        return True

    async def call(self, request: web.Request) -> web.Response:
        said = await request.post() if request.can_read_body else {}
        self.called += 1
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        return web.json_response({**_WHO, **_VIEW, "ts": said.get("ts", "1.2")}, headers=_SCOPES)

    async def respond(self, request: web.Request) -> web.Response:
        await request.read()
        self.note_answer()
        return web.Response(text="ok")

    def note_answer(self) -> None:
        self.answers += 1
        self._more.set()

    async def count(self, _request: web.Request) -> web.Response:
        return web.Response(text=str(self.answers))

    async def answered(self, request: web.Request) -> web.Response:
        await self.has_answered(int(request.match_info["count"]))
        return web.Response(text=str(self.answers))

    async def has_answered(self, count: int) -> None:
        """Until so many answers have come to response_urls."""
        while self.answers < count:
            self._more.clear()
            await self._more.wait()

    async def report(self, _request: web.Request) -> web.Response:
        counts = {"called": self.called, "refused": self.refused, "copies": self.copies}
        return web.json_response(counts | {"arrived_at": self.arrived_at})
