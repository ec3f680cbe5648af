"""The bot, as it runs: built from settings, with the roles that a benchmark wants."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bench.load import SECRET
from bench.outside.world import Outside
from bot.app.composition import App, build_app
from bot.operating.process import serve_http
from bot.settings import Settings
from bot.store.vault import generate_key
from tests.plugins.programs import get_free_port

KEY = generate_key()
TOKEN = "xoxb-bench"  # noqa: S105 - it opens nothing


def settings(outside_url: str, database_url: str, **more: Any) -> Settings:
    """HTTP mode unless told otherwise; the machine's own environment does not count."""
    values: dict[str, Any] = {
        "slack_bot_token": TOKEN,
        "slack_app_token": None,
        "slack_signing_secret": SECRET,
        "slack_api_url": f"{outside_url}/api/",
        "circleci_url": f"{outside_url}/circleci",
        "circleci_token": "CCIPAT_bench",
        "database_url": database_url,
        "encryption_keys": (KEY,),
    }
    return Settings(_env_file=None, **(values | more))


@contextlib.asynccontextmanager
async def working(outside: Outside, database_url: str, **more: Any) -> AsyncIterator[tuple[App, str]]:
    """Polls, delivers and serves HTTP while inside; the app, and the URL of its webhooks."""
    app = build_app(settings(outside.url, database_url, **more))
    async with app.running({"poller", "delivery"}), serve_http(app.build_web_app(), host="127.0.0.1", port=0) as port:
        yield app, f"http://127.0.0.1:{port}/circleci/webhook"


@contextlib.asynccontextmanager
async def worker(
    outside_url: str, database_url: str, *, log: Path | None = None, **more: str
) -> AsyncIterator[Process]:
    """A `circlebot worker` as a process of its own while inside; what it says is added to the log."""
    environment = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{outside_url}/api/",
        "CIRCLECI_URL": f"{outside_url}/circleci",
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEYS": KEY,
        "HOST": "127.0.0.1",
        "PORT": str(get_free_port()),
        "ADMIN_PORT": "0",
    }
    with contextlib.ExitStack() as stack:
        said = stack.enter_context(log.open("ab")) if log else DEVNULL
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "worker", env=environment | more, stdout=said, stderr=STDOUT
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
