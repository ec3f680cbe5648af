"""No page of another site can make a browser talk to the sandbox: not by a form, not by a name, not by a websocket."""

from __future__ import annotations

import aiohttp
import httpx
import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from sandbox import server

HERE, OUTSIDE = "http://127.0.0.1:3000", "https://sandbox.example.dev"

PAGES = [
    "https://evil.example",
    "http://127.0.0.1:8080",
    "http://localhost",
    "null",
    "http://127.0.0.1:3000.evil.example",
]


def asking(public_url: str = HERE) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(server.create_app(public_url=public_url))
    return httpx.AsyncClient(transport=transport, base_url=HERE)


@pytest.mark.parametrize("origin", PAGES)
async def test_no_other_page_posts_anything(origin: str) -> None:
    async with asking() as http:
        for path in ("/_page/say", "/_control/reset", "/_control/faults", "/slack/api/chat.postMessage"):
            assert (await http.post(path, headers={"origin": origin})).status_code == 403
        assert (await http.get("/_control/state", headers={"origin": origin})).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "", "sandbox.example.dev"]
)
async def test_no_other_name_leads_here(host: str) -> None:
    async with asking() as http:
        for path in ("/", "/_control/state", "/slack/api/auth.test", "/circleci/api/v2/me"):
            assert (await http.get(path, headers={"host": host})).status_code == 400


@pytest.mark.parametrize(
    "headers", [{}, {"origin": HERE}, {"origin": "http://localhost:3000"}, {"host": "localhost:3000"}]
)
async def test_its_own_page_and_programs_are_answered(headers: dict[str, str]) -> None:
    async with asking() as http:
        assert (await http.get("/", headers=headers)).status_code == 200
        assert (await http.post("/_control/reset", headers=headers)).status_code == 200


async def test_where_it_is_really_reached_is_its_own_too() -> None:
    async with asking(OUTSIDE) as http:
        for headers in ({"host": "sandbox.example.dev", "origin": OUTSIDE}, {"origin": OUTSIDE}, {"origin": HERE}):
            assert (await http.post("/_control/reset", headers=headers)).status_code == 200
        assert (await http.get("/", headers={"host": "other.example.dev"})).status_code == 400


async def test_no_other_page_opens_a_websocket() -> None:
    listening, url = server.bind_socket()
    app = server.create_app(public_url=url)
    tickets = app.state.sandbox.slack.sockets
    async with server.serving(app, sockets=[listening]), aiohttp.ClientSession() as session:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{url}/slack/socket/{tickets.issue_ticket('A0CIRCLEBOT')}", headers=headers)
        async with session.ws_connect(f"{url}/slack/socket/{tickets.issue_ticket('A0CIRCLEBOT')}") as socket:
            assert (await socket.receive_json())["type"] == "hello"


async def test_every_route_is_behind_it() -> None:
    app = server.create_app(public_url=HERE)
    assert {type(route) for route in app.routes} <= {Route, Mount, WebSocketRoute}
    async with asking() as http:
        for route in app.routes:
            path = getattr(route, "path", "/")
            assert (await http.get(path, headers={"origin": PAGES[0]})).status_code == 403
