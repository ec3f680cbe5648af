"""CircleCI's webhooks, believed only when the signature over the raw body is right.

A webhook that we installed ends its address in a key, `?hook=…`, and is checked with its own secret; one that somebody
registered by hand has no key, and is checked with CIRCLECI_WEBHOOK_SECRET. Nothing in the body is looked at before.
"""

from __future__ import annotations

import re
from secrets import token_urlsafe
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.circleci.webhook_payload import WebhookEvent, parse_webhook
from bot.circleci.webhook_signature import is_signature, verify_signature
from bot.domain.project_feeds import Hook
from bot.web import request_body

log = structlog.get_logger(__name__)

_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)


class WebhookReceiver(Protocol):
    """Which webhooks there are, and where what they say is written down."""

    async def find_hook(self, key: str) -> Hook | None: ...

    async def mark_refused(self, hook: Hook) -> None: ...

    async def handle(self, event: WebhookEvent, hook: Hook | None = None) -> None: ...


class CircleCIEndpoint:
    """Hands webhooks to the `receiver`, which writes them down; the work comes after the answer."""

    def __init__(self, *, secret: str | None, receiver: WebhookReceiver) -> None:
        self._secret = secret
        self._receiver = receiver
        self._decoy_secret = token_urlsafe()

    async def handle(self, request: Request) -> Response:
        key = request.query_params.get("hook")
        if key is None and not self._secret:
            return PlainTextResponse("No CIRCLECI_WEBHOOK_SECRET is set here.", 404)
        if not is_signature(request.headers.get("circleci-signature")):
            return await self._refuse(request, None)
        try:
            content = await request_body.read_limited(request)
        except request_body.BodyError as unread:
            return unread.answer
        hook = await self._receiver.find_hook(key) if key and _KEY.fullmatch(key) else None
        if not verify_signature(request.headers.get("circleci-signature"), content, self._get_secret(key, hook)):
            return await self._refuse(request, hook)
        return await self._accept(content, hook)

    def _get_secret(self, key: str | None, hook: Hook | None) -> str:
        """For a key that nobody has, a secret that nobody has: the answer takes as long, and says the same."""
        if key is None and self._secret:
            return self._secret
        return (hook and hook.secret) or self._decoy_secret

    async def _refuse(self, request: Request, hook: Hook | None) -> Response:
        log.warning("circleci.signature_refused", client=request.client and request.client.host)
        if hook:
            await self._receiver.mark_refused(hook)
        return request_body.build_refusal("invalid signature", 401)

    async def _accept(self, content: bytes, hook: Hook | None) -> Response:
        event = parse_webhook(content)
        if event is None:
            log.warning("circleci.malformed")
            return PlainTextResponse("not a webhook", 400)
        if hook and event.project_id not in {None, hook.project_id}:
            return PlainTextResponse("not this webhook's project", 403)
        await self._receiver.handle(event, hook)
        return JSONResponse({"taken": event.id})
