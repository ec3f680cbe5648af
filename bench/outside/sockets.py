"""Slack's side of Socket Mode: sends envelopes to who is connected, and sees how long each acknowledgement takes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from bench.load import hit, pressed, typed
from bench.outside.slack import Slack

_HELLO = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}, "debug_info": {"host": "bench"}}


class Sockets:
    """Apps are told apart by their app-level tokens."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._open: dict[str, list[web.WebSocketResponse]] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        self._came = asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/apps.connections.open", self.open),
            web.get("/link/{token}", self.link),
            web.get("/sockets/{token}", self.connected),
            web.post("/sockets/{token}", self.fire),
        ]

    async def open(self, request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link/{token}"})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket, token = web.WebSocketResponse(), request.match_info["token"]
        await socket.prepare(request)
        await socket.send_json(_HELLO)
        self._open.setdefault(token, []).append(socket)
        async with self._came:
            self._came.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledge(json.loads(message.data))
        self._open[token].remove(socket)
        return socket

    def _acknowledge(self, said: dict[str, Any]) -> None:
        """An answer may come with it."""
        if said.get("payload"):
            self._slack.note_answer()
        if waiting := self._waiting.get(said.get("envelope_id", "")):
            waiting.set()

    async def connected(self, request: web.Request) -> web.Response:
        """Answers once the app is."""
        token = request.match_info["token"]
        async with self._came:
            await self._came.wait_for(lambda: bool(self._open.get(token)))
        return web.Response()

    async def fire(self, request: web.Request) -> web.Response:
        """`payload`, `in_flight`, `requests`, and `patient` as in load.py; answers with a Hit."""
        wanted, socket = await request.json(), self._open[request.match_info["token"]][-1]
        url, took_s, began_s = f"{request.url.origin()}", list[float](), time.perf_counter()
        calls = iter([_envelope(wanted["payload"], url, number) for number in range(wanted["requests"])])
        knock = partial(self._knock, socket, calls, took_s, patient=wanted["patient"])
        await asyncio.gather(*(knock() for _ in range(wanted["in_flight"])))
        return web.json_response(asdict(hit(took_s, time.perf_counter() - began_s)))

    async def _knock(
        self, socket: web.WebSocketResponse, calls: Iterator[dict[str, Any]], took_s: list[float], *, patient: bool
    ) -> None:
        for envelope in calls:
            self._waiting[envelope["envelope_id"]] = waiting = asyncio.Event()
            answers, began_s = self._slack.answers, time.perf_counter()
            await socket.send_json(envelope)
            await waiting.wait()
            took_s.append(time.perf_counter() - began_s)
            del self._waiting[envelope["envelope_id"]]
            if patient:
                await self._slack.has_answered(answers + 1)


def _envelope(payload: str, url: str, number: int) -> dict[str, Any]:
    is_press = payload == "press"
    return {
        "type": "interactive" if is_press else "slash_commands",
        "envelope_id": f"{number}-{time.time_ns()}",
        "payload": json.loads(pressed(number)) if is_press else typed(url, payload, number),
        "accepts_response_payload": True,
    }
