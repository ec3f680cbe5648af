"""What Slack sends by HTTP: only a fresh, correct signature and the shape of a payload let it get further than here.

Bolt would check too, but logs the whole body of what it refuses, stumbles (500) over odd timestamps and bytes, and
answers ssl_check before it looks at the signature (facts read in its source); so all of that is settled in front of it.
It also takes any form that contains the word `payload` for one with such a field: commands with that word are lost.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import structlog
from slack_bolt import BoltResponse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot import payload
from bot.clock import Clock
from bot.web import request_body

log = structlog.get_logger(__name__)

_SECONDS = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_FRESH_FOR_S = 300


class PayloadTaker(Protocol):
    """Bolt's app (bot/slack/bolt_app.py)."""

    async def take(self, asked: dict[str, Any], /) -> BoltResponse: ...


class SlackEndpoint:
    """Takes commands, interactivity and events. Without a signing secret (plain Socket Mode) nothing is taken.

    Each acknowledgement is inside `measure_ack`, which gets the kind of the payload;
    `record_refusal` hears of what is fresh and signed with another secret.
    """

    def __init__(
        self,
        *,
        bolt: PayloadTaker,
        signing_secret: str | None,
        clock: Clock,
        measure_ack: Callable[[str], AbstractContextManager[object]] = nullcontext,
        record_refusal: Callable[[], None] = lambda: None,
    ) -> None:
        self._bolt = bolt
        self._record_refusal = record_refusal
        self._measure_ack = measure_ack
        self._secret = signing_secret
        self._clock = clock

    async def handle(self, request: Request) -> Response:
        if not self._secret:
            return PlainTextResponse("This circlebot listens to Slack by Socket Mode.", 404)
        if not self._can_be_signed(request):
            return _refuse_unsigned(request)
        try:
            content = await request_body.read_limited(request)
            text = content.decode()
        except request_body.BodyError as unread:
            return unread.answer
        except UnicodeDecodeError:
            return _refuse_malformed("not UTF-8")
        if not _is_signed(self._secret, request, content):
            self._record_refusal()
            return _refuse_unsigned(request)
        return await self._dispatch(text, request.headers.get("content-type", ""))

    async def _dispatch(self, text: str, content_type: str) -> Response:
        """Bolt gets what was looked over, as it does by Socket Mode, and parses nothing again."""
        if _is_ssl_check(text):
            return Response(status_code=200)
        try:
            asked = payload.parse_form_or_json(text, content_type)
        except payload.MalformedPayload as error:
            return _refuse_malformed(str(error))
        with self._measure_ack(payload.find_kind(asked)):
            answer = await self._bolt.take(asked)
        return Response(answer.body, answer.status, answer.first_headers())

    def _can_be_signed(self, request: Request) -> bool:
        """Whether its headers are worth that its body is read."""
        stamp = request.headers.get("x-slack-request-timestamp", "")
        if not (_SECONDS.fullmatch(stamp) and _SIGNATURE.fullmatch(request.headers.get("x-slack-signature", ""))):
            return False
        return abs(self._clock.now().timestamp() - int(stamp)) <= _FRESH_FOR_S


def _is_signed(secret: str, request: Request, content: bytes) -> bool:
    """As Slack signs (Slack: "Verifying requests from Slack", v0); its time was looked at before the body was read."""
    stamp, given = request.headers["x-slack-request-timestamp"], request.headers["x-slack-signature"]
    signed = b"v0:%b:%b" % (stamp.encode(), content)
    return hmac.compare_digest(f"v0={hmac.digest(secret.encode(), signed, 'sha256').hex()}", given)


def _refuse_unsigned(request: Request) -> Response:
    log.warning("slack.signature_refused", client=request.client and request.client.host)
    return request_body.build_refusal("invalid signature", 401)


def _refuse_malformed(where: str) -> Response:
    log.warning("slack.malformed", where=where)
    return PlainTextResponse("malformed", 400)


def _is_ssl_check(text: str) -> bool:
    """Slack looks now and then whether our certificate is good, with a form that says nothing else."""
    return not text.startswith("{") and "ssl_check=1" in text.split("&")
