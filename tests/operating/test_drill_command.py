"""`circlebot drill` where no demo runs; and what its exit code says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.plugins.programs import get_free_port, run_circlebot, start_circlebot


async def test_without_a_demo_the_drill_brings_its_own_and_ends_with_it(tmp_path: Path) -> None:
    port = get_free_port()
    async with start_circlebot("drill", "outage", "--port", str(port), cwd=tmp_path) as drill:
        await drill.wait_for_output(f"Look at it: http://localhost:{port}")
        await drill.wait_for_output("Four commits are pushed.")
        drill.process.terminate()
        assert await drill.wait() == 1
    assert "Traceback" not in drill.text


@contextmanager
def serve(drill: object, *, runs_bot: bool = True) -> Iterator[str]:
    """What answers like a demo whose drill is over; the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps({"runs_bot": runs_bot} if self.path == "/_control/breaks" else drill).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the same

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output is its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize(
    ("verdict", "passed", "runs_bot", "code"),
    [
        ("12 outcomes, 2 deaths, 1 lost, 0 twice", False, True, 1),
        ("12 outcomes, 2 deaths, 0 lost, 0 twice", True, True, 0),
        ("is no demo", True, False, 1),
    ],
)
async def test_the_exit_code_says_whether_anything_was_lost_or_doubled(
    verdict: str, passed: bool, runs_bot: bool, code: int, tmp_path: Path
) -> None:
    over = {"lines": [verdict], "running": False, "passed": passed, "seq": 1}
    with serve(over, runs_bot=runs_bot) as port:
        played = await run_circlebot("drill", "--port", port, cwd=tmp_path)
    assert (played.code, verdict in played.out) == (code, True), played.out
