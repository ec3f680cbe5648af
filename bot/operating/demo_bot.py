"""The bot of the demo, as a process of its own: it can be killed and started again, and keeps its database."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from bot import logging_setup
from bot.clock import SystemClock
from bot.domain.people import Installation
from bot.operating import serve
from bot.operating.process import run_async
from bot.settings import Settings
from bot.slack.manifest import build_manifest
from bot.store.vault import generate_key

_HOST = "127.0.0.1"
_STOP_WITHIN_S = 10.0
_ROOT = str(Path(__file__).parents[2])
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from bot.operating.demo_bot import main; main()"
_PROGRAM = (sys.executable, "-P", "-c", _START)
"""This very code, whatever else is called `bot` in the folder where the demo is started."""
_LONGEST = 4096
"""What a pipe takes at once, so that it can be read at once."""


_MANY_WORKSPACES: Mapping[str, Any] = {
    "slack_bot_token": None,
    "slack_client_id": "sandbox-client-id",
    "slack_client_secret": SecretStr("sandbox-client-secret"),
    "admin_users": frozenset({"T0SANDBOX/U0ADA", "T0AGENCY/U0LIN"}),
}


def build_settings(url: str, database_url: str, key: str | None = None) -> Settings:
    """A bot's settings for a sandbox; this machine's environment and .env do not count."""
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    ours: dict[str, Any] = {
        "slack_bot_token": "xoxb-sandbox",
        "slack_app_token": "xapp-sandbox",
        "slack_api_url": f"{url}/slack/api/",
        "circleci_url": f"{url}/circleci",
        "circleci_api_v3": "on",
        "host": _HOST,
        "port": 0,
        "admin_port": 0,
        "database_url": database_url,
        "encryption_keys": (SecretStr(key or generate_key()),),
        "admin_users": frozenset({"U0ADA"}),
        "poll_interval_s": 1.0,
    }
    return Settings(_env_file=None, **(defaults | ours))


class BotProcess:
    """One bot with one database; `kill` ends it as a power cut does, and `start` finds what it had written."""

    def __init__(self, url: str, workspaces: Mapping[str, tuple[str, str]]) -> None:
        """`workspaces` have installed it: name and bot token, by id."""
        self._folder = TemporaryDirectory(prefix="circlebot-demo-")
        self._asked = {
            "url": url,
            "database_url": f"sqlite:///{self._folder.name}/demo.db",
            "key": generate_key(),
            "workspaces": workspaces,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._pipe: int | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """It begins; that Slack can reach it is for the caller to see."""
        theirs, self._pipe = os.pipe()
        self._process = await asyncio.create_subprocess_exec(*_PROGRAM, stdin=theirs)
        os.close(theirs)
        os.write(self._pipe, json.dumps(self._asked).encode())

    async def kill(self) -> None:
        """End it without a word."""
        if self._process and self.is_running:
            self._process.kill()
            await self._process.wait()
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    async def stop(self) -> None:
        """End it in order, and forget its database."""
        if self._process and self.is_running:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _STOP_WITHIN_S)
        await self.kill()
        self._folder.cleanup()


def main() -> None:
    """Take what is asked from the input, and end when that does: a demo that dies leaves nobody behind."""
    asked = json.loads(os.read(sys.stdin.fileno(), _LONGEST))
    logging_setup.configure("console")
    workspaces = asked.pop("workspaces")
    run_async(_run(build_settings(**asked).model_copy(update=dict(_MANY_WORKSPACES)), workspaces))


async def _run(settings: Settings, workspaces: Mapping[str, tuple[str, str]]) -> None:
    await _install(settings, workspaces)
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(sys.stdin)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(sys.stdin, end)
    await serve.run_until_stopped(settings, serve.EVERYTHING)


async def _install(settings: Settings, workspaces: Mapping[str, tuple[str, str]]) -> None:
    """As if each had installed it by OAuth."""
    await serve.migrate_database(settings)
    scopes = tuple(build_manifest(url=None)["oauth_config"]["scopes"]["bot"])
    async with serve.open_store(settings) as store, store.begin() as tx:
        for workspace, (name, token) in workspaces.items():
            await tx.installations.upsert(
                Installation(
                    workspace,
                    name,
                    bot_user="U0CIRCLEBOT",
                    bot_id="B0CIRCLEBOT",
                    scopes=scopes,
                    installed_by=None,
                    installed_at=SystemClock().now(),
                    token=token,
                )
            )
