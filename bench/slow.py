"""3. The acknowledgement while two hundred commands wait for a CircleCI that takes five seconds for each answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from asyncio.subprocess import Process
from dataclasses import asdict
from pathlib import Path

from bench.children import child, heard, tell
from bench.contenders import ours
from bench.load import Hit, Volley
from bench.outside.world import Outside, outside
from bench.tables import Goal, Line, Table, at_most
from bot.operating.process import serve_http

SLOW = 200
PRESSES = 600
_ANSWERS_AFTER_S = 5.0


async def slow() -> list[Table]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        around = await stack.enter_async_context(outside())
        load = await stack.enter_async_context(child("bench.load"))
        app = await stack.enter_async_context(ours(around.url, folder))
        port = await stack.enter_async_context(serve_http(app, host="127.0.0.1", port=0))
        return [await _measured(around, load, f"http://127.0.0.1:{port}/slack/events")]


async def _measured(around: Outside, load: Process, url: str) -> Table:
    await _fire(load, Volley(url, around.url, "press", 16, 200, patient=False))
    idle = await _fire(load, Volley(url, around.url, "press", 4, PRESSES, patient=False))
    await around.behaves(circleci_delay_s=_ANSWERS_AFTER_S)
    burst = await _fire(load, Volley(url, around.url, "recent gh/org-0/project-0", 16, SLOW, patient=False))
    await asyncio.sleep(1)
    asked = sum((await around.circleci())["asked"].values())
    busy = await _fire(load, Volley(url, around.url, "press", 4, PRESSES, patient=False))
    await around.behaves()
    lines = [
        Line("a press meanwhile: p50", "ms", busy.p50_ms, (idle.p50_ms,)),
        Line("a press meanwhile: p99", "ms", busy.p99_ms, (idle.p99_ms,)),
        Line("a press meanwhile: the slowest", "ms", busy.most_ms, (idle.most_ms,)),
        Line("the slow commands themselves: p99", "ms", burst.p99_ms, (None,)),
        Line("the slow commands themselves: the slowest", "ms", burst.most_ms, (None,)),
    ]
    notes = (f"{asked} requests were at CircleCI when the presses began; the other commands waited for a connection.",)
    title = f"3. Acknowledging while {SLOW} slow commands are in flight"
    return Table(title, ("when idle",), lines, notes, _goals(burst, busy))


def _goals(burst: Hit, busy: Hit) -> tuple[Goal, ...]:
    return (
        at_most("p99 of an acknowledgement under 50 ms", busy.p99_ms, 50, " ms"),
        at_most("nothing is acknowledged after 3 s, ever", max(busy.most_ms, burst.most_ms), 3000, " ms at the most"),
    )


async def _fire(load: Process, volley: Volley) -> Hit:
    await tell(load, json.dumps(asdict(volley)))
    return Hit(**json.loads(await heard(load)))
