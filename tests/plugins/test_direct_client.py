from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.plugins.app_server import get_ssl_context
from tests.plugins.direct_client import DirectClient


async def _tell(request: Request) -> Response:
    """What was asked, as an application sees it."""
    if "fail" in request.query_params:
        raise ZeroDivisionError
    seen = {name: request.headers.get(name) for name in ("host", "content-type", "content-length")}
    asked = {"method": request.method, "path": request.url.path, "query": str(request.query_params)}
    return JSONResponse(asked | seen | {"body": (await request.body()).decode()}, 203, headers={"X-More": "ü"})


APP = Starlette(routes=[Route("/{path:path}", _tell, methods=["GET", "POST"])])
URL = "http://127.0.0.1:4711"


@pytest.mark.parametrize(
    ("method", "path", "how"),
    [
        ("GET", "/_page/messages", {"params": {"as": "U0ADA", "channel": "#ä & b", "on": True}}),
        ("POST", "/_page/say", {"json": {"as": "U0ADA", "text": "/circle help", "thread_ts": None}}),
        ("POST", "/_control/reset", {}),
        ("GET", "/page?of=slack", {"headers": {"X-Told": "1"}}),
        ("GET", "/page", {"params": {"fail": 1}}),
    ],
)
async def test_it_asks_and_is_answered_as_httpx_is(method: str, path: str, how: dict[str, object]) -> None:
    through = httpx.ASGITransport(APP, raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(base_url=URL, transport=through) as slow,
        DirectClient(APP, URL, verify=get_ssl_context()) as direct,
    ):
        expected, found = [await client.request(method, path, **how) for client in (slow, direct)]
    assert (found.status_code, found.headers.raw) == (expected.status_code, expected.headers.raw)
    assert (found.content, found.is_success) == (expected.content, expected.is_success)
