"""A sandbox and somebody in it, beside the bot that is measured: each line that it hears is a branch to push and read.

Says where the sandbox is, then `ready` when the bot is connected; after that what was seen of each branch.
"""

from __future__ import annotations

import asyncio
import sys

from sandbox.circleci.hostile_content import KNOWN_VALUES
from tests.plugins.slack_users import DEPLOYS, SlackUsers
from tests.plugins.world import build_connected_check, run_sandbox

PROJECT = "gh/acme/web"
WITHIN_S = 240.0


async def main() -> None:
    async with run_sandbox(speed=50.0) as http:
        url = str(http.base_url).rstrip("/")
        ada = SlackUsers(url, http, within_s=WITHIN_S)
        _say(url)
        await ada.wait_until(build_connected_check(ada), "the bot to be connected")
        await ada.connect()
        await _know_variables(ada)
        _say("ready")
        while branch := (await asyncio.to_thread(sys.stdin.readline)).strip():
            await _read(ada, branch)
            _say(branch)


async def _read(ada: SlackUsers, branch: str) -> None:
    """Everything that somebody would look at: told, explained, listed, sent, triggered."""
    await ada.say(f"/circle subscribe {PROJECT} --branch {branch}")
    number = (await ada.control("push", project=PROJECT, branch=branch))["number"]
    await ada.thread(await ada.card("failed", number=number), "failed test")
    for line, says in (
        (f"logs {PROJECT} {number} test", "Run tests"),
        (f"logs {PROJECT} {number} test --full", ""),
        (f"tests {PROJECT} {number} test", "test_"),
        (f"artifacts {PROJECT} {number} test", "artifact"),
    ):
        await ada.say(f"/circle {line}", channel=DEPLOYS)
        if says:
            await ada.reply(says)
        else:
            await ada.file("The log of test", channel="D0ADA")
    await ada.say(f"/circle trigger {PROJECT} --branch {branch} image-tag=latest", channel=DEPLOYS)
    await ada.card("image-tag=latest", number=number + 1)


async def _know_variables(ada: SlackUsers) -> None:
    headers = {"Circle-Token": "CCIPAT_ada"}
    for number in range(KNOWN_VALUES):
        body = {"name": f"NAME_{number}", "value": f"value-{number:04}-of-mine"}
        await ada.http.post(f"/circleci/api/v2/project/{PROJECT}/envvar", json=body, headers=headers)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
