"""11. From `circlebot run` to ready, what it holds in memory then, and how big an install is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import aiohttp

from bench.bots import KEY, TOKEN
from bench.databases import on_sqlite
from bench.load import SECRET
from bench.outside.world import outside
from bench.process import cpu_s, memory_mb
from bench.tables import Line, Table, at_most
from tests.plugins.programs import get_free_port

ROUNDS = 5
_IMPORTS = """
import importlib, pkgutil, time, uvloop, bot.app.composition, bot.commands, bot.operating.command_line
for one in pkgutil.iter_modules(bot.commands.__path__, "bot.commands."):
    importlib.import_module(one.name)
print(time.process_time())
"""
"""All that the program has, as any other program would import it."""
_IDLE_S = 5.0


async def starting() -> list[Table]:
    ready_s, spent_s, imported_s, idle_mb = [], [], [], []
    async with outside() as around, on_sqlite() as url:
        for _ in range(ROUNDS):
            imported_s.append(await _measure_imports())
            async with _ready(around.url, url) as (took_s, pid):
                ready_s.append(took_s)
                spent_s.append(cpu_s(pid))
                if len(ready_s) == ROUNDS:
                    await asyncio.sleep(_IDLE_S)
                    idle_mb.append(memory_mb(pid))
    ready, spent, imported = (1000 * statistics.median(one) for one in (ready_s, spent_s, imported_s))
    lines = [
        Line("from the start until /readyz says 200", "ms", ready, (None,)),
        Line("the same, CPU", "ms CPU", spent, (imported,)),
        Line("memory when idle", "MB", idle_mb[0], (90,)),
        Line("an install: the product and what it depends on", "MB", _installed_mb("circlebot"), (None,)),
    ]
    goals = (
        at_most("ready for at most 0.7 times the CPU of the imports", spent / imported, 0.7, " times"),
        at_most("idle at most 90 MB", idle_mb[0], 90, " MB"),
    )
    return [Table("11. Starting, idle, installed", ("the imports alone, or the target",), lines, goals=goals)]


async def _measure_imports() -> float:
    """What they take of the processor."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _IMPORTS, stdout=PIPE)
    said, _ = await process.communicate()
    return float(said)


@contextlib.asynccontextmanager
async def _ready(outside_url: str, database_url: str) -> AsyncIterator[tuple[float, int]]:
    """How long it took, and the process."""
    port, began_s = get_free_port(), time.monotonic()
    with tempfile.TemporaryDirectory() as elsewhere:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=elsewhere, env=_environment(outside_url, database_url, port), stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
        try:
            await _answers(f"http://127.0.0.1:{port}/readyz")
            yield time.monotonic() - began_s, process.pid
        finally:
            process.terminate()
            await process.wait()


def _environment(outside_url: str, database_url: str, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{outside_url}/api/",
        "CIRCLECI_URL": f"{outside_url}/circleci",
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEYS": KEY,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.01)


def _installed_mb(name: str) -> float:
    found: dict[str, Distribution] = {}
    _gather(name, found)
    files = {str(file.locate()) for one in found.values() for file in one.files or ()}
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file)) / 2**20  # noqa: PTH113, PTH202 - quick


def _gather(name: str, found: dict[str, Distribution]) -> None:
    """It and what it requires, extras and other platforms left out as far as they are not installed."""
    with contextlib.suppress(PackageNotFoundError):
        found[name] = distribution(name)
        for required in found[name].requires or ():
            needed = re.split(r"[ ;<>=!~\[(]", required)[0]
            if "extra ==" not in required and needed not in found:
                _gather(needed, found)
