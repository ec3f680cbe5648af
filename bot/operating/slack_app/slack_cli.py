"""What Slack's own command line (`slack run`) asks of a project: `.slack/hooks.json` names the first of these hooks.

The package slack-cli-hooks does the same for a project whose manifest is JSON and whose program is `app.py`; ours are
neither.
"""

from __future__ import annotations

import json
from typing import Literal

from bot.operating import environment, serve, settings_problems
from bot.operating.console import say
from bot.operating.process import CommandFailed, run_async
from bot.operating.slack_app import env_file
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.slack.manifest import build_manifest

Hook = Literal["get-hooks", "get-manifest", "start"]

COMMAND = ".venv/bin/python -m bot slack hook"
"""Slack's command line splits it at blanks and starts it in the project's folder, without a shell."""


def run_hook(hook: Hook) -> None:
    """Print what is asked for, as JSON alone; or run until stopped."""
    match hook:
        case "get-hooks":
            say(json.dumps(build_hooks()))
        case "get-manifest":
            say(json.dumps(build_manifest(url=None)))
        case "start":
            _start()


def build_hooks() -> dict[str, object]:
    return {
        "hooks": {name: f"{COMMAND} {name}" for name in ("get-manifest", "start")},
        "config": {
            "protocol-version": ["default"],
            "sdk-managed-connection-enabled": True,
            "watch": {"manifest": {"paths": ["manifest.yml"]}},
        },
    }


def _start() -> None:
    """The tokens are those of the app that Slack's command line installed, whatever `.env` says."""
    own = SetupSettings()
    if not own.slack_cli_xoxb or not own.slack_cli_xapp:
        raise CommandFailed("`slack run` starts this, and hands over SLACK_CLI_XOXB and SLACK_CLI_XAPP.")
    env_file.make_env_file()
    settings, unreadable = environment.read_settings(
        slack_bot_token=own.slack_cli_xoxb,
        slack_app_token=own.slack_cli_xapp,
        slack_client_id=None,
        slack_client_secret=None,
    )
    checks = (settings_problems.find_store_problems, settings_problems.find_sending_problems)
    run_async(serve.run_until_stopped(environment.check_complete(settings, unreadable, checks), serve.EVERYTHING))
