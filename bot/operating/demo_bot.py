"""The bot of the demo, as a process of its own: it can be killed and started again, and keeps its database."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from bot import logging_setup
from bot.clock import SystemClock
from bot.domain.people import Installation
from bot.operating import serve
from bot.operating.process import CommandFailed, run_async
from bot.settings import Settings
from bot.slack.manifest import build_manifest
from bot.store.vault import generate_key

_HOST = "127.0.0.1"
_STOP_WITHIN_S = 10.0
_ROOT = str(Path(__file__).parents[2])
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from {{}} import main; main()"
_PROGRAM = (sys.executable, "-P", "-c", _START.format("bot.operating.demo_bot"))
"""This very code, whatever else is called `bot` in the folder where the demo is started."""
_COMMAND_LINE = (sys.executable, "-P", "-c", _START.format("bot.__main__"))
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

    def __init__(self, url: str, workspaces: Mapping[str, tuple[str, str]], *, prints: bool = True) -> None:
        """`workspaces` have installed it: name and bot token, by id. What it `prints` is ours, or nobody's."""
        self._output = None if prints else DEVNULL
        self._folder = TemporaryDirectory(prefix="circlebot-demo-")
        self._asked = {
            "url": url,
            "database_url": f"sqlite:///{self._folder.name}/demo.db",
            "key": generate_key(),
            "workspaces": workspaces,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._pipe: int | None = None
        self._backups = 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self.is_running else None

    async def start(self) -> None:
        """It begins; that Slack can reach it is for the caller to see."""
        theirs, self._pipe = os.pipe()
        self._process = await asyncio.create_subprocess_exec(
            *_PROGRAM, stdin=theirs, stdout=self._output, stderr=self._output
        )
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

    async def copy_database(self) -> None:
        """`circlebot backup` into a new file of its folder. Raises CommandFailed."""
        self._backups += 1
        await self._run_command("backup", self._name_backup())

    async def restore(self) -> None:
        """Lose the database, and `circlebot restore` the newest backup. Raises CommandFailed."""
        self._delete_database()
        await self._run_command("restore", self._name_backup())

    def _delete_database(self) -> None:
        for file in Path(self._folder.name).glob("demo.db*"):
            file.unlink()

    def _name_backup(self) -> str:
        return f"backup-{self._backups}.db"

    async def _run_command(self, *words: str) -> None:
        """In its folder, so that the .env of another one does not count."""
        settings = {"DATABASE_URL": str(self._asked["database_url"]), "ENCRYPTION_KEYS": str(self._asked["key"])}
        process = await asyncio.create_subprocess_exec(
            *_COMMAND_LINE, *words, env=settings, cwd=self._folder.name, stdout=PIPE, stderr=STDOUT
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise CommandFailed(f"circlebot {' '.join(words)}: {said.decode()}")

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
