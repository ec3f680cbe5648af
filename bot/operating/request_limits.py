"""Who knocks has little time and little room: one place for every route, in front of all that reads what was sent.

uvicorn gives whoever sends half a request as long as he likes, its parser keeps headers without end, and its limit of
connections refuses everybody, health included. Here the one that has waited longest goes, so that a newcomer gets in.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class LimitedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with an end to everything."""

    within_s = 10.0
    """For a whole request, from its first byte to the last of its body; Slack itself waits for 3 s."""
    most_connections = 256
    most_header_bytes = 32_768

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline: asyncio.TimerHandle | None = None
        self._header_bytes: int | None = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._start_deadline()
        if len(self.connections) > self.most_connections:
            self._get_longest_waiting().transport.abort()

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
        self._cancel_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Whoever was answered before he had said all is not listened to any more."""
        super().on_response_complete()
        if self.deadline:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(self.within_s, self._abort)

    def _cancel_deadline(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def _abort(self) -> None:
        """Not `close`, which waits until all is written that the other does not read."""
        self.transport.abort()

    def _get_longest_waiting(self) -> LimitedHttpProtocol:
        """Of those whose request is not here yet; the newcomer is one of them."""
        waiting = [one for one in self.connections if isinstance(one, LimitedHttpProtocol) and one.deadline]
        return min(waiting, key=lambda one: one.deadline.when() if one.deadline else 0.0)
