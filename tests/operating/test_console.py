from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.store.vault import generate_key


@pytest.mark.parametrize("words", ["doctor", "--help"])
async def test_whoever_stops_reading_is_no_error(words: str, tmp_path: Path) -> None:
    """`circlebot doctor | head`."""
    env = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SLACK_API_URL": "http://127.0.0.1:1",
        "CIRCLECI_URL": "http://127.0.0.1:1",
        "ENCRYPTION_KEYS": generate_key(),
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
    }
    unread = f"{sys.executable} -m bot {words} | true"
    pipe = asyncio.subprocess.PIPE
    shell = await asyncio.create_subprocess_shell(unread, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe)
    assert await shell.communicate() == (b"", b"")
