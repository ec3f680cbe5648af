"""Reading a body no further than a limit: whoever knocks does not decide how much memory we spend."""

from __future__ import annotations

from starlette.requests import Request

MOST_BYTES = 1_000_000
"""More than Slack or CircleCI ever send: a view is 250 kB at most, a webhook a few kB."""


async def read(request: Request) -> bytes | None:
    """The whole body, or None when it is too long."""
    kept = bytearray()
    async for chunk in request.stream():
        kept += chunk
        if len(kept) > MOST_BYTES:
            return None
    return bytes(kept)
