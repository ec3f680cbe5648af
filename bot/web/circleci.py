"""CircleCI at the door: its webhooks, believed only when the signature over the raw body is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.circleci.signature import verify
from bot.circleci.webhook import WebhookEvent, parse
from bot.web import body

log = structlog.get_logger(__name__)


class CircleCIDoor:
    """Hands webhooks to `on_webhook`, which writes them down; the work comes after the answer."""

    def __init__(self, *, secret: str | None, on_webhook: Callable[[WebhookEvent], Awaitable[None]]) -> None:
        self._secret = secret
        self._on_webhook = on_webhook

    async def take(self, request: Request) -> Response:
        if not self._secret:
            return PlainTextResponse("No CIRCLECI_WEBHOOK_SECRET is set here.", 404)
        content = await body.read(request)
        if content is None:
            return PlainTextResponse("too long", 413)
        if not verify(request.headers.get("circleci-signature"), content, self._secret):
            log.warning("circleci.signature_refused", client=request.client and request.client.host)
            return PlainTextResponse("invalid signature", 401)
        return await self._believe(content)

    async def _believe(self, content: bytes) -> Response:
        event = parse(content)
        if event is None:
            return PlainTextResponse("not a webhook", 400)
        await self._on_webhook(event)
        return JSONResponse({"taken": event.id})
