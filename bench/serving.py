"""One contender in a process of its own, as it would run: it says its port on a line, and logs JSON to a file.

python -m bench.serving NAME SLACK_URL
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bench.contenders import Contender, ours, static
from bot import logging_setup
from bot.operating.process import run_async, serve_http

CONTENDERS: dict[str, Contender] = {"ours": ours, "bare": static}


async def _serve(name: str, slack_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w", encoding="utf-8") as sys.stderr:
        logging_setup.configure("json")
        async with CONTENDERS[name](slack_url, Path(folder)) as app, serve_http(app, host="127.0.0.1", port=0) as port:
            print(port, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    run_async(_serve(*sys.argv[1:]))
