"""`circlebot authorize`: on the machine of a person's browser, where CircleCI's page leads, so that it loads.

It needs no settings and no circlebot that runs: it hands out the address, which only that person's form takes.
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from bot.circleci import return_address
from bot.circleci.sign_in_api import LOOPBACK_PORT, RETURN_PATH, RETURN_URL
from bot.errors import UsageError
from bot.operating.console import say
from bot.operating.process import AddressInUse, CommandFailed
from bot.slack.pages import POLICY, render_page

_WITHIN_S = 10
"""For a request that begins and does not end."""

_WAITS_S = 600.0
"""As long as what began in Slack is good (SIGN_IN_FOR)."""

_BY_HAND = "Or do without me: copy the address of the page that does not load, and paste that into the form."


class _Catcher(HTTPServer):
    """`caught` is the address at which a browser has ended."""

    caught = ""


class _ReturnPage(BaseHTTPRequestHandler):
    timeout = _WITHIN_S
    server: _Catcher

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path != RETURN_PATH:
            self.send_error(404)
            return
        self.server.caught = f"{RETURN_URL}?{query}"
        page = render_page("Back from CircleCI", _find_problem(self.server.caught) or _PASTE)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: a line of it would hold the code."""


_PASTE = "Copy the address of this page into the form in Slack. It is good once, and for ten minutes."


def _find_problem(address: str) -> str | None:
    """Why the form would not take it; None where it may."""
    try:
        return_address.parse(address)
    except UsageError as error:
        return error.message
    return None


def build_server(port: int = LOOPBACK_PORT) -> _Catcher:
    """Raises AddressInUse."""
    try:
        return _Catcher(("127.0.0.1", port), _ReturnPage)
    except OSError as error:
        raise AddressInUse(
            f"port {port} cannot be listened on: {error.strerror}. CircleCI leads to that one alone: end what has it, "
            f"perhaps another `circlebot authorize`. {_BY_HAND}"
        ) from None


def wait_for_address(server: _Catcher, waits_s: float = _WAITS_S) -> str:
    """Where a browser has ended.

    Raises CommandFailed where none came in time, where that was not allowed, or is not the page's own address.
    """
    until = time.monotonic() + waits_s
    with server:
        while not server.caught and (left := until - time.monotonic()) > 0:
            server.timeout = left
            server.handle_request()
    if not server.caught:
        raise CommandFailed(
            "no browser came within ten minutes, and what began in Slack is over: press “Authorize at CircleCI” "
            f"again. I have to run on the machine of your browser. {_BY_HAND}"
        )
    if problem := _find_problem(server.caught):
        raise CommandFailed(problem)
    return server.caught


def print_return_address() -> None:
    """Wait where a browser ends after CircleCI's page, on its own machine, and print what to paste in Slack."""
    server = build_server()
    say("Type /circle connect in Slack and press “Authorize at CircleCI”. I wait for your browser; Ctrl+C ends it.")
    say(f"Paste this into the form in Slack:\n{wait_for_address(server)}")
