"""A town: people in a sandbox whose bot is a process of its own, which a test may kill, and a database beside it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.vault import new_key
from tests.plugins.programs import Program, free_port, started
from tests.plugins.slack_users import People


@dataclass(kw_only=True)
class Town(People):
    """People whose bot is a process of its own. `environment` is what every such process is started with."""

    environment: dict[str, str]
    cwd: Path
    kills: int = 0
    pushed: dict[int, str] = field(default_factory=dict)

    @asynccontextmanager
    async def bot(self, word: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`circlebot run` or `circlebot worker` while inside; killed on the way out."""
        async with self.starting(word, **more) as program:
            await program.until("circlebot.up")
            yield program.process

    @asynccontextmanager
    async def starting(self, word: str, **more: str) -> AsyncIterator[Program]:
        """The same, from its very beginning."""
        environment = {**self.environment, "PORT": str(free_port()), **more}
        async with started(word, env=environment, cwd=self.cwd) as program:
            yield program

    @asynccontextmanager
    async def worker_to_be_killed(self) -> AsyncIterator[None]:
        self.kills += 1
        async with self.bot("worker") as process:
            yield
            process.send_signal(signal.SIGKILL)

    async def push(self, *branches: str) -> None:
        for branch in branches:
            pushed = await self.control("push", project="gh/acme/web", branch=branch)
            self.pushed[pushed["number"]] = branch

    async def calls_of(self, method: str) -> int:
        return len(await self.calls(method))


def environment_for(url: str, database_url: str) -> dict[str, str]:
    """What a bot is started with that lives in the sandbox at this URL."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": f"{url}/slack/api/",
        "CIRCLECI_URL": f"{url}/circleci",
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEYS": new_key(),
        "POLL_INTERVAL_S": "0.2",
        "HOST": "127.0.0.1",
    }
