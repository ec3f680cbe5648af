"""Server-sent events to every open page, by person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

_KEEP_ALIVE_S = 15.0


class PageStreams:
    """The open pages. Sending never waits: each page has a queue of its own."""

    def __init__(self) -> None:
        self._pages: list[tuple[str, asyncio.Queue[dict[str, Any] | None]]] = []
        self._is_closed = False

    def send(self, people: Iterable[str], event: dict[str, Any]) -> None:
        """Send an event to the pages of these people."""
        meant = set(people)
        for person, page in self._pages:
            if person in meant:
                page.put_nowait(event)

    def send_to_all(self, event: dict[str, Any]) -> None:
        for _, page in self._pages:
            page.put_nowait(event)

    async def stream_events(self, person: str) -> AsyncIterator[str]:
        """The text of a `text/event-stream`, until the server stops; a comment now and then keeps proxies awake."""
        page: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._pages.append((person, page))
        try:
            yield ": welcome\n\n"
            while not self._is_closed:
                event = await _next(page)
                if event is None:
                    return
                yield f"data: {json.dumps(event)}\n\n" if event else ": still here\n\n"
        finally:
            self._pages.remove((person, page))

    def close(self) -> None:
        """Close every stream, now: a server that stops must not wait for pages to go away."""
        self._is_closed = True
        for _, page in self._pages:
            page.put_nowait(None)


async def _next(page: asyncio.Queue[dict[str, Any] | None]) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(_KEEP_ALIVE_S):
            return await page.get()
    except TimeoutError:
        return {}
