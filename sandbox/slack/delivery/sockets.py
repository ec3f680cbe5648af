"""Socket Mode: one-time tickets, the app's open sockets, envelopes and their acks (slack docs: using Socket Mode)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Literal

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack.delivery.ack import Ack, PayloadKind, Retry, run_within
from sandbox.virtual_clock import SandboxClock

MOST_SOCKETS = 10
ACK_WITHIN_S = 3.0
# How long a socket lives on after a routine disconnect frame, for what is under way.
REFRESH_GRACE_S = 10.0

# What Starlette and the operating system raise on a closed connection.
CONNECTION_ERRORS = (WebSocketDisconnect, RuntimeError, OSError)

Reason = Literal["refresh_requested", "warning", "link_disabled", "too_many_websockets"]


class AppSocket:
    """One open connection of an app. A `retiring` one was asked to close; a `refreshed` one still gets envelopes."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, app: str) -> None:
        self.app = app
        self._websocket = WebSocket(scope, receive, send)
        self._transport = getattr(getattr(receive, "__self__", None), "transport", None)
        self._tasks: set[asyncio.Task[None]] = set()
        self.retiring = False
        self.refreshed = False

    async def accept(self) -> None:
        await self._websocket.accept()

    async def send(self, frame: dict[str, Any]) -> bool:
        """Send a frame; False when the connection is closed."""
        try:
            await self._websocket.send_text(json.dumps(frame))
        except CONNECTION_ERRORS:
            return False
        return True

    async def receive_answers(self) -> AsyncIterator[str]:
        """Yield what the app sends, until the connection ends."""
        with contextlib.suppress(*CONNECTION_ERRORS):
            while True:
                yield await self._websocket.receive_text()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        with contextlib.suppress(*CONNECTION_ERRORS):
            await self._websocket.close(code, reason)

    def cut(self) -> None:
        """Abort the TCP connection without a closing frame, as a dead network does."""
        if self._transport is not None:
            self._transport.abort()

    def run_later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something while the connection lives."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()


class AppSockets:
    """All open sockets; each payload goes to one of them, in turn. Each is refreshed `refresh_every_s`, if at all."""

    def __init__(self, clock: SandboxClock, *, on_change: Callable[[], None]) -> None:
        self._clock = clock
        self.refresh_every_s: float | None = None
        self._on_change = on_change
        self._open: list[AppSocket] = []
        self._tickets: dict[str, str] = {}
        self._next_index = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def is_ready(self) -> bool:
        return bool(self._list_receivers())

    def _list_receivers(self) -> list[AppSocket]:
        """Where a payload may go: while a refresh is under way and no other socket is there, to the old one."""
        return [each for each in self._open if not each.retiring] or [each for each in self._open if each.refreshed]

    def issue_ticket(self, app: str) -> str:
        """The secret part of a one-time URL, for a socket of this app."""
        ticket = uuid.uuid4().hex
        self._tickets[ticket] = app
        return ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection from its first frame to its last; bare ASGI, for the TCP below must be within reach.

        A ticket works once: a second use is refused before the handshake.
        """
        app = self._tickets.pop(scope["path_params"]["ticket"], None)
        socket = AppSocket(scope, receive, send, app=app or "")
        if app is None:
            await socket.close()
            return
        await socket.accept()
        await self._serve(socket)

    async def _serve(self, socket: AppSocket) -> None:
        others = sum(one.app == socket.app for one in self._open)
        if others >= MOST_SOCKETS:
            await socket.send(_disconnect("too_many_websockets"))
            await socket.close()
            return
        # Nothing may come before hello: only then does the socket take its turn.
        await socket.send(self._hello(socket.app, others + 1))
        self._open.append(socket)
        self._on_change()
        try:
            if self.refresh_every_s is not None:
                socket.run_later(self._refresh_after(self.refresh_every_s, socket))
            async for text in socket.receive_answers():
                self._handle_answer(text)
        finally:
            socket.cancel_tasks()
            self._open.remove(socket)
            self._on_change()

    async def _refresh_after(self, seconds: float, socket: AppSocket) -> None:
        await self._clock.sleep_s(seconds)
        await self._ask_to_go(socket, "refresh_requested")

    def _hello(self, app: str, connections: int) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": connections,
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": int(self.refresh_every_s or 18060),
            },
            "connection_info": {"app_id": app},
        }

    def _handle_answer(self, text: str) -> None:
        """An answer of the app: {"envelope_id", "payload"?}; anything else is not for us."""
        try:
            frame = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.pop(frame.get("envelope_id", ""), None) if isinstance(frame, dict) else None
        if waiting and not waiting.done():
            waiting.set_result(frame.get("payload"))

    async def deliver(self, kind: PayloadKind, payload: dict[str, Any], retry: Retry | None) -> Ack:
        """Send one payload to one socket and wait for its ack, three seconds at most."""
        envelope = _envelope(kind, payload, retry)
        acked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = acked
        try:
            if not await self._send_to_one(envelope):
                return Ack("unreachable", reason="connection_failed")
            return Ack("acked", await run_within(self._clock, ACK_WITHIN_S, lambda: acked))
        except TimeoutError:
            return Ack("late", reason="timeout")
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def _send_to_one(self, frame: dict[str, Any]) -> bool:
        candidates = self._list_receivers()
        self._next_index += 1
        for offset in range(len(candidates)):
            if await candidates[(self._next_index + offset) % len(candidates)].send(frame):
                return True
        return False

    async def disconnect(self, reason: Reason) -> None:
        """Send this disconnect frame to every open socket; all but a warning are followed by the end."""
        for socket in list(self._open):
            await self._ask_to_go(socket, reason)

    async def _ask_to_go(self, socket: AppSocket, reason: Reason) -> None:
        await socket.send(_disconnect(reason))
        if reason != "warning":
            socket.retiring, socket.refreshed = True, reason == "refresh_requested"
            socket.run_later(self._close_after(REFRESH_GRACE_S if socket.refreshed else 0, socket))

    async def _close_after(self, seconds: float, socket: AppSocket) -> None:
        await self._clock.sleep_s(seconds)
        await socket.close()

    def drop(self) -> None:
        """Cut every connection without a word."""
        for socket in list(self._open):
            socket.cut()


def _envelope(kind: PayloadKind, payload: dict[str, Any], retry: Retry | None) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "accepts_response_payload": kind != "events_api",
        "payload": payload,
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return envelope


def _disconnect(reason: Reason) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
