"""Lets the sandbox's own page and programs in, and refuses every other page in a browser (DNS rebinding, CSRF).

A page of another site may send forms here, or point its own host name at this machine; a browser shows both in `Host`
and `Origin`. Programs send no `Origin`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = ("localhost", "127.0.0.1")


def build_origin_middleware(public_url: str) -> list[Middleware]:
    """Loopback, and where the sandbox is really reached: `public_url`."""
    hosts = [*_LOOPBACK, urlsplit(public_url).hostname or ""]
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(OwnOriginMiddleware, public=urlsplit(public_url).netloc),
    ]


class OwnOriginMiddleware:
    """Behind a proxy the `Host` may be another one than the browser's: `public` is that, host and port."""

    def __init__(self, app: ASGIApp, public: str) -> None:
        self._app = app
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] in {"http", "websocket"} else Headers()
        origin = headers.get("origin")
        if origin is None or urlsplit(origin).netloc in self._own(headers.get("host", "")):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("not for other pages", 403)(scope, receive, send)

    def _own(self, host: str) -> set[str]:
        name, colon, port = host.partition(":")
        other_names = {f"{one}{colon}{port}" for one in _LOOPBACK} if name in _LOOPBACK else set()
        return {host, self._public} | other_names
