"""People in a sandbox whose bot is a process of its own, which a test may kill, with a database beside it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.vault import generate_key
from tests.plugins.older_release import OlderRelease
from tests.plugins.programs import RunningProgram, get_free_port, start_circlebot
from tests.plugins.slack_users import SlackUsers


@dataclass(kw_only=True)
class ProcessHarness(SlackUsers):
    """People whose bot is a process of its own. `environment` is what every such process is started with."""

    environment: dict[str, str]
    cwd: Path
    kills: int = 0
    pushed: dict[int, str] = field(default_factory=dict)

    @asynccontextmanager
    async def run_bot(
        self, word: str, *, release: OlderRelease | None = None, **more: str
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """`circlebot run` or `circlebot worker`, of this release or an older one, while inside; stopped at its end."""
        async with self.start_bot(word, release=release, **more) as program:
            await program.wait_for_output("circlebot.up")
            yield program.process

    @asynccontextmanager
    async def start_bot(
        self, word: str, *, release: OlderRelease | None = None, **more: str
    ) -> AsyncIterator[RunningProgram]:
        """The same, from its very beginning."""
        environment = {**self.environment, "PORT": str(get_free_port()), **more}
        program = release.program if release else None
        async with start_circlebot(word, env=environment, cwd=self.cwd, program=program) as started:
            yield started

    @asynccontextmanager
    async def run_worker_until_killed(self) -> AsyncIterator[None]:
        self.kills += 1
        async with self.run_bot("worker") as process:
            yield
            process.send_signal(signal.SIGKILL)

    async def push(self, *branches: str) -> None:
        for branch in branches:
            pushed = await self.control("push", project="gh/acme/web", branch=branch)
            self.pushed[pushed["number"]] = branch

    async def count_calls(self, method: str) -> int:
        return len(await self.list_calls(method))


def build_environment(url: str, database_url: str) -> dict[str, str]:
    """What a bot is started with that lives in the sandbox at this URL."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": f"{url}/slack/api/",
        "CIRCLECI_URL": f"{url}/circleci",
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEYS": generate_key(),
        "POLL_INTERVAL_S": "0.2",
        "HOST": "127.0.0.1",
    }
