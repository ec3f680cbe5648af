"""`circlebot drill`: plays in the demo that runs here, or in one of its own, and prints what is said there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any

from bot.operating.console import say
from bot.operating.demo import serve_demo
from bot.operating.process import CommandFailed, catch_stop_signals

_HOST = "127.0.0.1"
_WITHIN_S = 30.0
_LOOKS_AGAIN_S = 5


async def run_drill(port: int, scenes: Sequence[str]) -> bool:
    """Whether nothing was lost, and nothing told twice. Raises CommandFailed and AddressInUse."""
    if await _is_demo(port):
        say(f"The demo at http://localhost:{port} shows it.\n")
        return await _play(port, scenes)
    say("No demo runs here: this takes a moment.")
    with catch_stop_signals() as stop:
        async with serve_demo(port, prints=False):
            say(f"Look at it: http://localhost:{port}\n")
            playing, stopped = asyncio.ensure_future(_play(port, scenes)), asyncio.ensure_future(stop.wait())
            done, others = await asyncio.wait({playing, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for one in others:
                one.cancel()
            return playing in done and playing.result()


async def _is_demo(port: int) -> bool:
    """Raises CommandFailed for anything else that answers there."""
    try:
        runs_bot = (await _ask(port, "GET", "/_control/breaks")).get("runs_bot")
    except ConnectionRefusedError:
        return False
    except (OSError, HTTPException, ValueError):
        runs_bot = None
    if not runs_bot:
        raise CommandFailed(f"what answers at port {port} is no demo: say --port for another one.")
    return True


async def _play(port: int, scenes: Sequence[str]) -> bool:
    await _ask(port, "POST", "/_control/drill", {"scenes": list(scenes)})
    shown = 0
    while True:
        try:
            now = await _ask(port, "GET", "/_control/drill")
            for line in now["lines"][shown:]:
                say(line)
            shown = len(now["lines"])
            if not now["running"]:
                return bool(now["passed"])
            await _ask(port, "GET", f"/_control/wait?since={now['seq']}&timeout_s={_LOOKS_AGAIN_S}")
        except (OSError, HTTPException):
            raise CommandFailed("the demo has ended, and the drill with it.") from None


async def _ask(port: int, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Raises CommandFailed with the sandbox's own sentence."""
    status, answer = await asyncio.to_thread(_request, port, method, path, body)
    if status >= 400:
        raise CommandFailed(f"{answer.get('error', f'HTTP {status}')}.")
    return answer


def _request(port: int, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection(_HOST, port, timeout=_WITHIN_S)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, dict(json.loads(answer.read()))
    finally:
        connection.close()
