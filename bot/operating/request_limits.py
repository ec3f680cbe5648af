"""Limits of time and size for every HTTP request, before anything reads it.

uvicorn waits forever for the rest of a request, its parser keeps any amount of headers, and its limit of connections
refuses everybody, health checks included. Here the connection that has waited longest is closed for a new one.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_ORDER = count()
"""Of who begins to wait: a loop's time may be the same for many."""


class LimitedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits."""

    within_s = 10.0
    """For a whole request, from its first byte to the last of its body; Slack waits 3 s for an answer."""
    most_connections = 256
    most_header_bytes = 32_768

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline: asyncio.TimerHandle | None = None
        self._header_bytes: int | None = 0
        self.order = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._start_deadline()
        if len(self.connections) > self.most_connections:
            longest = self._get_longest_waiting()
            longest.cancel_deadline()  # it stays in `connections` for a moment, and is not to be chosen twice
            longest.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._header_bytes is not None:
            if self._header_bytes > self.most_header_bytes:
                self.transport.abort()
                return
            self._header_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._start_deadline()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._header_bytes = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._header_bytes = 0
        self.cancel_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A client that was answered before its request was complete is disconnected."""
        super().on_response_complete()
        if self.deadline:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.cancel_deadline()
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        if self.deadline is None:
            self.order = next(_ORDER)
            self.deadline = self.loop.call_later(self.within_s, self._abort)

    def cancel_deadline(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def _abort(self) -> None:
        """Not `close`: that waits until the client has read everything."""
        self.transport.abort()

    def _get_longest_waiting(self) -> LimitedHttpProtocol:
        """Of the connections whose request is incomplete; the new one is among them."""
        waiting = [one for one in self.connections if isinstance(one, LimitedHttpProtocol) and one.deadline]
        return min(waiting, key=lambda one: one.order)
