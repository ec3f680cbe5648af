"""A sandbox that takes any number of requests a minute, and `circlebot slack` in an empty folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
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


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[SetupFolder]:
    listening, url = server.bind_socket()
    settings = AppSetup(manifest=build_manifest(url=None), has_rate_limits=False)
    app = server.create_app(public_url=url, setup=settings)
    env = {
        "SLACK_API_URL": f"{url}/slack/api/",
        "CIRCLECI_URL": f"{url}/circleci",
        "DATABASE_URL": f"sqlite:///{tmp_path}/circlebot.db",
    }
    folder = tmp_path / "empty"
    folder.mkdir()
    async with server.serving(app, sockets=[listening]):
        yield SetupFolder(folder, url, app.state.sandbox, env)
