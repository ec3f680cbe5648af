"""A sandbox that takes any number of requests a minute, and `circlebot slack` in an empty folder."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from asyncio import subprocess, to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.programs import ProgramResult, run_circlebot

Json = dict[str, Any]

CHECKOUT = Path(__file__).parents[2]
WITHIN_S = 60
END_OF_INPUT = "\x04"

Answer = str | Callable[[], Awaitable[str]]

CONFIG_TOKEN = "xoxe.xoxp-sandbox"


@dataclass
class SetupFolder:
    """Where somebody sets circlebot up: the folder, the environment, and Slack."""

    folder: Path
    url: str
    sandbox: server.Sandbox
    env: dict[str, str]

    async def run(self, *words: str, **env: str) -> ProgramResult:
        return await run_circlebot("slack", *words, env={**self.env, **env}, cwd=self.folder)

    async def create(self, *words: str, **env: str) -> ProgramResult:
        return await self.run("create", *words, **{"SLACK_CONFIG_TOKEN": CONFIG_TOKEN, **env})

    async def update(self, *words: str, **env: str) -> ProgramResult:
        return await self.run("update", *words, **{"SLACK_CONFIG_TOKEN": CONFIG_TOKEN, **env})

    async def talk(self, typed: Sequence[tuple[str, Answer]], *words: str) -> str:
        """Run it at a terminal: what it shows. Each answer is typed when it says so and asks."""
        ours, theirs = os.openpty()
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), **self.env}
        command = (sys.executable, "-m", "bot", "slack", *(words or ("create",)))
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
        process = await subprocess.create_subprocess_exec(
            *command, env=env, cwd=self.folder, start_new_session=True, **streams
        )
        os.close(theirs)
        try:
            shown = ""
            for said, answer in typed:
                shown += await to_thread(_read_until, ours, said)
                text = answer if isinstance(answer, str) else await answer()
                os.write(ours, text.encode() + (b"" if text == END_OF_INPUT else b"\n"))
            return shown + await to_thread(_read_until, ours, None)
        finally:
            os.close(ours)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    @property
    def settings(self) -> dict[str, str]:
        """What `.env` holds."""
        lines = (self.folder / ".env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if line)

    async def install(self) -> dict[str, str]:
        """What a person does on the app's page: both tokens."""
        answer = await self.control("slack/install", app_id=self.settings["SLACK_APP_ID"])
        return {"SLACK_BOT_TOKEN": answer["bot_token"], "SLACK_APP_TOKEN": answer["app_token"]}

    async def control(self, what: str, **body: Any) -> Json:
        async with httpx.AsyncClient(base_url=self.url) as http:
            answer = await http.post(f"/_control/{what}", json=body)
        assert answer.is_success, answer.text
        said: Json = answer.json()
        return said

    def get_calls(self, method: str) -> list[Json]:
        return [call for call in self.sandbox.slack.calls if call["method"] == method]


def _read_until(terminal: int, said: str | None) -> str:
    """What is shown until it has said this and asks; None: until the program ends."""
    shown = ""
    while not (said and said in shown and shown.endswith((": ", "] "))):
        assert select.select([terminal], [], [], WITHIN_S)[0], f"it waits without saying {said!r}:\n{shown}"
        try:
            shown += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            break
    assert said is None or said in shown, f"it ended without saying {said!r}:\n{shown}"
    return shown.replace("\r\n", "\n")


@contextlib.asynccontextmanager
async def open_setup_folder(where: Path) -> AsyncIterator[SetupFolder]:
    listening, url = server.bind_socket()
    settings = AppSetup(manifest=build_manifest(url=None), has_rate_limits=False)
    app = server.create_app(public_url=url, setup=settings)
    env = {
        "SLACK_API_URL": f"{url}/slack/api/",
        "CIRCLECI_URL": f"{url}/circleci",
        "DATABASE_URL": f"sqlite:///{where}/circlebot.db",
    }
    folder = where / "empty"
    folder.mkdir()
    async with server.serving(app, sockets=[listening]):
        yield SetupFolder(folder, url, app.state.sandbox, env)


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[SetupFolder]:
    async with open_setup_folder(tmp_path) as opened:
        yield opened
