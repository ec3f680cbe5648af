from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bot.store.engine.sqlite_lock import AnotherWorker, hold_sqlite_lock
from bot.store.vault import generate_key
from tests.plugins.programs import get_free_port, run_circlebot, start_circlebot


def _environment(tmp_path: Path) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-nobody",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "CIRCLECI_URL": "http://127.0.0.1:9",
        "DATABASE_URL": f"sqlite:///{tmp_path}/circlebot.db",
        "ENCRYPTION_KEYS": generate_key(),
        "PORT": str(get_free_port()),
    }


async def test_a_second_worker_on_sqlite_refuses_and_says_why_until_the_first_is_dead(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    async with start_circlebot("worker", env=environment, cwd=tmp_path) as first:
        await first.wait_for_output("circlebot.up")
        second = await run_circlebot("worker", env=environment, cwd=tmp_path)
        assert second.code == 1
        assert f"process {first.process.pid} already polls and sends" in second.out
        assert "postgresql://" in second.out
        first.process.send_signal(signal.SIGKILL)
        await first.wait()
    async with start_circlebot("worker", env=environment, cwd=tmp_path) as third:
        await third.wait_for_output("circlebot.up")


def test_the_lock_names_who_holds_it_and_ends_with_the_work(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/circlebot.db"
    with hold_sqlite_lock(url):
        with pytest.raises(AnotherWorker, match=str(os.getpid())), hold_sqlite_lock(url):
            pass
        with hold_sqlite_lock(f"sqlite:///{tmp_path}/other.db"):
            pass
    with hold_sqlite_lock(url):
        pass
