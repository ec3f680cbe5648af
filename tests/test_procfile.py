"""The Procfile, started for real: migrate once, then web and worker as two processes over one PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store.vault import generate_key
from tests.plugins.postgres import PostgresServer
from tests.plugins.programs import RunningProgram, get_free_port, start_circlebot
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import run_sandbox

PROCFILE = Path(__file__).parents[1] / "Procfile"


@dataclass
class Platform:
    """What a Procfile platform gives: a port, an environment, and an address that Slack reaches."""

    people: SlackUsers
    port: int
    env: dict[str, str]
    folder: Path

    def start(self, *processes: str) -> AbstractAsyncContextManager[RunningProgram]:
        words = ("-f", str(PROCFILE), "-d", str(self.folder), "start", "-p", str(self.port), *processes)
        return start_circlebot(*words, env=self.env, cwd=self.folder, program=("-m", "honcho"))


def lay_out_checkout(folder: Path) -> Path:
    """What a buildpack leaves: the checkout as it is, with its dependencies installed."""
    for name in ("bot", "migrations"):
        (folder / name).symlink_to(PROCFILE.parent / name)
    return folder


@pytest.fixture
async def platform(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Platform]:
    port, database_url = get_free_port(), await postgres.create_empty()
    async with run_sandbox(events_url=f"http://127.0.0.1:{port}/slack/events") as http:
        url = str(http.base_url).rstrip("/")
        env = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOST": "127.0.0.1",
            "DATABASE_URL": database_url.replace("postgresql://", "postgres://"),
            "ENCRYPTION_KEYS": generate_key(),
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            "SLACK_API_URL": f"{url}/slack/api/",
            "CIRCLECI_URL": f"{url}/circleci",
            "POLL_INTERVAL_S": "0.2",
        }
        yield Platform(SlackUsers(url, http), port, env, lay_out_checkout(tmp_path))
    await postgres.release(database_url)


async def test_web_and_worker_do_nothing_before_the_release_has_migrated(platform: Platform) -> None:
    async with platform.start("worker") as worker:
        await worker.wait_for_output("The database is not at this release. Run `circlebot migrate`.")


async def test_release_web_and_worker_share_the_work(platform: Platform) -> None:
    async with platform.start("release") as release:
        await release.wait_for_output("The database is at ")
    async with platform.start("web", "worker") as both:
        await both.wait_for_output("roles=['http', 'slack']")
        await both.wait_for_output("roles=['delivery', 'poller', 'upkeep']")
        ready = await platform.people.http.get(f"http://127.0.0.1:{platform.port}/readyz")
        assert (ready.status_code, ready.content) == (200, b"")
        await _ask_and_hear(platform.people)
        both.process.send_signal(signal.SIGTERM)
        await both.wait()
        assert both.text.count("circlebot.stopping") == 2
        assert "Traceback" not in both.text


async def _ask_and_hear(people: SlackUsers) -> None:
    """A command (by the web process) makes a rule; what CircleCI starts then is told by the worker."""
    await people.connect()
    await people.say("/circle subscribe gh/acme/web --only all")
    await people.reply("acme/web")
    pushed = await people.control("push", project="gh/acme/web", branch="main")
    await people.card("success", number=pushed["number"])
