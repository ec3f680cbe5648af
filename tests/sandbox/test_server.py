from __future__ import annotations

import asyncio
import re
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from shutil import copytree

import aiohttp
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from sandbox.page_files import PAGE, build_routes
from sandbox.server import bind_socket, create_app, make_server, serving


async def test_one_address_serves_slack_circleci_the_page_and_the_controls() -> None:
    bound, url = bind_socket()
    async with serving(create_app(public_url=url), sockets=[bound]), httpx.AsyncClient(base_url=url) as http:
        assert (await AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/slack/api/").auth_test())["ok"]
        me = await http.get("/circleci/api/v2/me", headers={"Circle-Token": "CCIPAT_ada"})
        assert me.status_code == 200
        assert (await http.get("/_control/state")).json().keys() == {"seq", "slack", "circleci", "faults"}
        page = await http.get("/")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert page.text.lstrip().lower().startswith("<!doctype html>")
        static = await http.get("/page/index.html")
        assert (static.status_code, static.headers["cache-control"]) == (200, "no-cache")
        again = await http.get("/page/index.html", headers={"If-None-Match": static.headers["etag"]})
        assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")
        for nothing in ("/page/js", "/page/nothing.js", "/page/%00", f"/page/{'x' * 300}", "/page/..%2fserver.py"):
            assert (await http.get(nothing)).status_code == 404
        assert (await http.post("/page/index.html")).status_code == 405


async def test_a_browser_keeps_what_the_page_is_made_of_until_a_file_of_it_is_edited(tmp_path: Path) -> None:
    page = copytree(PAGE, tmp_path / "page")
    transport = httpx.ASGITransport(Starlette(routes=build_routes(page)))
    async with httpx.AsyncClient(base_url="http://page", transport=transport) as http:
        first = _find_script(await http.get("/"))
        script = await http.get(first)
        assert (script.content, script.headers["cache-control"]) == (
            (PAGE / "js/main.js").read_bytes(),
            "max-age=31536000, immutable",
        )
        assert "cache-control" not in (await http.get(first.replace("main", "nothing"))).headers
        (page / "css/tokens.css").write_text("")
        assert _find_script(await http.get("/")) != first


def _find_script(page: httpx.Response) -> str:
    (script,) = re.findall('<script type="module" src="(.*?)">', page.text)
    return str(script)


def test_what_is_accepted_answers_at_once() -> None:
    bound, _ = bind_socket()
    with bound:
        assert bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_the_side_panel_shows_projects_and_recent_pipelines() -> None:
    bound, url = bind_socket()
    async with serving(create_app(public_url=url), sockets=[bound]), httpx.AsyncClient(base_url=url) as http:
        pushed = (await http.post("/_control/push", json={"project": "gh/acme/web", "branch": "main"})).json()
        panel = (await http.get("/_page/circleci")).json()
        web = next(each for each in panel["projects"] if each["slug"] == "gh/acme/web")
        assert (web["name"], "release" in web["branches"]) == ("web", True)
        assert panel["pipelines"][0]["id"] == pushed["id"]
        assert len(panel["pipelines"]) <= 20


async def test_it_stops_promptly_with_pages_and_sockets_open() -> None:
    bound, url = bind_socket()
    async with AsyncExitStack() as stack:
        web = AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/slack/api/")
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with serving(create_app(public_url=url), sockets=[bound]):
            live = await stack.enter_async_context(http.stream("GET", "/_page/live", params={"as": "U0ADA"}))
            lines = live.aiter_lines()
            await anext(lines)
            socket_url = (await web.apps_connections_open(app_token="xapp-sandbox"))["url"]
            socket = await session.ws_connect(socket_url)
            await socket.receive_json()
        assert [line async for line in lines if "connected" not in line and line] == []
        assert (await socket.receive()).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}


async def test_a_server_on_its_own_begins_and_ends_when_told() -> None:
    bound, url = bind_socket()
    server = make_server(create_app(public_url=url), embedded=True)
    running = asyncio.ensure_future(server.serve([bound]))
    await server.up.wait()
    async with httpx.AsyncClient(base_url=url) as http:
        assert (await http.get("/_page/boot", params={"as": "U0GUS"})).json()["me"]["is_guest"] is True
    server.should_exit = True
    await running


async def test_a_port_that_is_taken_is_said_at_once() -> None:
    bound, url = bind_socket()
    bound.listen()
    port = int(url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        async with serving(create_app(public_url=url), port=port):
            pass
    bound.close()
