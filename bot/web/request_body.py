"""Reading a body no further than a limit: a sender does not decide how much memory or time we spend."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

MOST_BYTES = 1_000_000
"""More than Slack or CircleCI ever send: a view is 250 kB at most, a webhook a few kB."""
WITHIN_S = 8.0


class BodyError(Exception):
    """A body that is not read to its end. `answer` says so, and that nothing more is heard on this connection."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.answer = build_refusal(why, status)


def build_refusal(why: str, status: int) -> Response:
    """The answer to somebody who is not listened to any further."""
    return PlainTextResponse(why, status, {"Connection": "close"})


async def read_limited(request: Request, within_s: float = WITHIN_S) -> bytes:
    """The whole body. Raises Unread for one that is too long or too slow, and when its sender goes."""
    try:
        async with asyncio.timeout(within_s):
            return await _read_chunks(request)
    except TimeoutError:
        raise BodyError("too slow", 408) from None
    except ClientDisconnect:
        raise BodyError("gone", 400) from None


async def _read_chunks(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if len(announced) > 9 or int(announced if announced.isdecimal() and announced.isascii() else 0) > MOST_BYTES:
        raise BodyError("too long", 413)
    kept = bytearray()
    async for chunk in request.stream():
        kept += chunk
        if len(kept) > MOST_BYTES:
            raise BodyError("too long", 413)
    return bytes(kept)
