"""`circlebot authorize`: on the machine of a person's browser, where CircleCI's page leads, so that it loads.

It needs no settings and no circlebot that runs: it hands out the address, which only that person's form takes.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer

from bot.circleci import return_address
from bot.circleci.sign_in_api import LOOPBACK_PORT, RETURN_PATH, RETURN_URL
from bot.errors import UsageError
from bot.operating.console import say
from bot.operating.process import AddressInUse, CommandFailed
from bot.slack.pages import POLICY, render_page

_WITHIN_S = 10
"""For a request that begins and does not end."""


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
        page = render_page("Back from CircleCI", "Copy the address of this page into the form in Slack.")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: a line of it would hold the code."""


def build_server(port: int = LOOPBACK_PORT) -> _Catcher:
    """Raises AddressInUse."""
    try:
        return _Catcher(("127.0.0.1", port), _ReturnPage)
    except OSError as error:
        raise AddressInUse(f"port {port} cannot be listened on: {error.strerror}.") from None


def wait_for_address(server: _Catcher) -> str:
    """Where a browser has ended. Raises CommandFailed where that was not allowed, or is not the page's own address."""
    with server:
        while not server.caught:
            server.handle_request()
    try:
        return_address.parse(server.caught)
    except UsageError as error:
        raise CommandFailed(error.message) from None
    return server.caught


def print_return_address() -> None:
    """Wait where a browser ends after CircleCI's page, on its own machine, and print what to paste in Slack."""
    server = build_server()
    say("Type /circle connect in Slack and press “Authorize at CircleCI”. I wait for your browser; Ctrl+C ends it.")
    say(f"Paste this into the form in Slack:\n{wait_for_address(server)}")
