"""The project as Slack's own command line sees it: it splits a hook at blanks and adds options."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from bot.operating.slack_app.slack_cli import COMMAND, build_hooks
from bot.slack.manifest import build_manifest
from tests.plugins.programs import get_free_port, start_circlebot
from tests.plugins.setup_folder import SetupFolder
from tests.test_main import people_at

CHECKOUT = Path(__file__).parents[3]
WITHIN_S = 60
FILE = json.loads((CHECKOUT / ".slack" / "hooks.json").read_text(encoding="utf-8"))


async def run_hook(command: str) -> Any:
    """As Slack's command line does it: in the project's folder, without a shell, with an option of its own."""
    python, *words = command.split()
    assert python == ".venv/bin/python"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, "--protocol=default", cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(printed)


async def test_the_file_leads_to_the_hooks_and_they_to_the_manifest() -> None:
    hooks = await run_hook(FILE["hooks"]["get-hooks"])
    assert hooks == build_hooks()
    assert hooks["config"]["sdk-managed-connection-enabled"] is True
    assert await run_hook(hooks["hooks"]["get-manifest"]) == build_manifest(url=None)


def test_the_manifest_is_ours_and_not_that_of_the_apps_page() -> None:
    config = json.loads((CHECKOUT / ".slack" / "config.json").read_text(encoding="utf-8"))
    assert config == {"manifest": {"source": "local"}}
    hooks: Any = build_hooks()
    assert all((CHECKOUT / path).is_file() for path in hooks["config"]["watch"]["manifest"]["paths"])
    assert FILE["hooks"]["get-hooks"].startswith(COMMAND)


async def test_start_runs_the_bot_with_the_tokens_that_it_is_handed(setup: SetupFolder) -> None:
    (setup.folder / ".env").write_text("SLACK_BOT_TOKEN=xoxb-another\nSLACK_CLIENT_ID=1.2\n", encoding="utf-8")
    env = {
        **setup.env,
        "SLACK_CLI_XOXB": "xoxb-sandbox",
        "SLACK_CLI_XAPP": "xapp-sandbox",
        "ADMIN_PORT": "0",
        "PORT": str(get_free_port()),
        "SLACK_APP_TOKEN": "xapp-another",
    }
    async with start_circlebot("slack", "hook", "start", "--protocol=default", env=env, cwd=setup.folder) as running:
        await running.wait_for_output("circlebot.up")
        async with asyncio.timeout(WITHIN_S):
            while not setup.sandbox.slack.sockets.is_ready:
                await setup.sandbox.changes.wait_after(setup.sandbox.changes.seq, 1.0)
        async with people_at(int(setup.url.rsplit(":", 1)[1])) as people:
            await people.say("/circle help")
            await people.reply("First steps")
        running.process.send_signal(signal.SIGINT)
        assert await running.wait() == 0
    assert "ENCRYPTION_KEYS" in setup.settings


async def test_start_without_tokens_says_who_starts_it(setup: SetupFolder) -> None:
    done = await setup.run("hook", "start")
    assert done.code == 1
    assert "`slack run` starts this, and hands over SLACK_CLI_XOXB and SLACK_CLI_XAPP." in done.out
