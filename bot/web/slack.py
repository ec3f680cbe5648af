"""Slack at the door: nothing gets further than here without a fresh, correct signature.

Bolt would check too, but logs the whole body of what it refuses, stumbles (500) over odd timestamps and bytes, and
answers ssl_check before it looks at the signature (facts read in its source); so all of that is settled in front of it.
"""

from __future__ import annotations

import re

import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.clock import Clock
from bot.web import body

log = structlog.get_logger(__name__)

_SECONDS = re.compile(r"[0-9]{1,12}")


class _SdkClock(SdkClock):
    """Our clock, as the SDK's verifier asks for the time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class SlackDoor:
    """Takes commands, interactivity and events. Without a signing secret (plain Socket Mode) there is no door."""

    def __init__(self, *, bolt: AsyncApp, signing_secret: str | None, clock: Clock) -> None:
        self._bolt = bolt
        self._secret = signing_secret
        self._clock = clock

    async def take(self, request: Request) -> Response:
        if not self._secret:
            return PlainTextResponse("This circlebot listens to Slack by Socket Mode.", 404)
        content = await body.read(request)
        if content is None:
            return PlainTextResponse("too long", 413)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return PlainTextResponse("not UTF-8", 400)
        if not self._signed(self._secret, request, content):
            log.warning("slack.signature_refused", client=request.client and request.client.host)
            return PlainTextResponse("invalid signature", 401)
        if _is_ssl_check(text):
            return Response(status_code=200)
        return to_starlette_response(await self._bolt.async_dispatch(to_async_bolt_request(request, content)))

    def _signed(self, secret: str, request: Request, content: bytes) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        if not (_SECONDS.fullmatch(stamp) and given.isascii()):
            return False
        return bool(SignatureVerifier(secret, _SdkClock(self._clock)).is_valid(content, stamp, given))


def _is_ssl_check(text: str) -> bool:
    """Slack looks now and then whether our certificate is good, with a form that says nothing else."""
    return not text.startswith("{") and "ssl_check=1" in text.split("&")
