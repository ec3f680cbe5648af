"""`circlebot authorize`, beside the browser of whoever connects."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from bot.circleci import return_address
from bot.circleci.sign_in_api import LOOPBACK_PORT, RETURN_URL
from bot.operating.authorize_command import build_server, wait_for_address
from bot.operating.process import CommandFailed
from tests.plugins.programs import run_circlebot


@pytest.fixture
def waiting() -> Iterator[tuple[int, Future[str]]]:
    """The port that it listens on, and what comes of it."""
    server = build_server(port=0)
    with ThreadPoolExecutor(1) as pool:
        yield server.server_address[1], pool.submit(wait_for_address, server)


def _visit(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=20, trust_env=False)


def test_what_it_hands_out_is_what_the_form_takes(
    waiting: tuple[int, Future[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    port, address = waiting
    assert _visit(port, "/favicon.ico").status_code == 404
    page = _visit(port, "/circlebot?code=a-code&state=a-state")
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert address.result(20) == f"{RETURN_URL}?code=a-code&state=a-state"
    assert return_address.parse(address.result()).code == "a-code"
    assert capsys.readouterr() == ("", ""), "no log has seen it"


@pytest.mark.parametrize(
    ("query", "says"), [("error=access_denied&state=s", "You did not allow it"), ("code=c", "is missing")]
)
def test_what_is_no_use_is_said_at_once_there_and_here(waiting: tuple[int, Future[str]], query: str, says: str) -> None:
    port, address = waiting
    page = _visit(port, f"/circlebot?{query}")
    assert says in page.text
    assert "Copy the address of this page" not in page.text
    with pytest.raises(CommandFailed, match=says):
        address.result(20)


def test_where_no_browser_comes_it_ends_and_says_what_else_there_is() -> None:
    with pytest.raises(CommandFailed, match=r"no browser came .* copy the address of the page that does not load"):
        wait_for_address(build_server(port=0), waits_s=0)


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with ExitStack() as held:
        with suppress(OSError):
            held.enter_context(socket.create_server(("127.0.0.1", LOOPBACK_PORT)))
        done = await run_circlebot("authorize", cwd=tmp_path)
    assert done.code == 1
    assert f"port {LOOPBACK_PORT} cannot be listened on" in done.out
    assert "Or do without me" in " ".join(done.out.split())
