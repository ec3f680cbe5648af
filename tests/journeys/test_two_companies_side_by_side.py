"""Two companies around one `circlebot run`, over real OAuth: one of them is an organisation of two workspaces."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.store.vault import generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.programs import get_free_port, start_circlebot
from tests.plugins.side_by_side import ACME, AWAY_TEAM, LIN, ORG, TRIALS, Neighbours, run_neighbours
from tests.plugins.slack_users import ADA, DEPLOYS, TOKENS, SlackUsers

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def build_environment(around: Neighbours, port: int, folder: Path) -> dict[str, str]:
    return {
        "SLACK_CLIENT_ID": "sandbox-client-id",
        "SLACK_CLIENT_SECRET": "sandbox-client-secret",
        "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
        "SLACK_API_URL": f"{around.home.url}/slack/api/",
        "CIRCLECI_URL": f"{around.home.url}/circleci",
        "PUBLIC_URL": around.bot_url,
        "PORT": str(port),
        "ADMIN_PORT": "0",
        "DATABASE_URL": f"sqlite:///{folder}/circlebot.db",
        "ENCRYPTION_KEYS": generate_key(),
        "ALLOWED_WORKSPACES": f"{ORG},{AWAY_TEAM}",
        "POLL_INTERVAL_S": "0.3",
        "SLACK_PACE": "100",
    }


async def begin(people: SlackUsers, as_: str, channel: str) -> None:
    await people.say("/circle connect", as_=as_, channel=channel)
    await people.submit(await people.form("Personal API token", as_=as_), as_=as_, token=TOKENS[ADA])
    await people.done("Connected as", as_=as_)
    await people.say("/circle subscribe gh/acme/web --branch broken", as_=as_, channel=channel)
    await people.message("subscribed this channel", as_=as_, channel=channel)


async def test_each_hears_of_its_own_rules_alone(tmp_path: Path) -> None:
    port = get_free_port()
    async with run_neighbours(f"http://127.0.0.1:{port}") as around:
        environment = build_environment(around, port, tmp_path)
        async with start_circlebot("run", env=environment, cwd=tmp_path) as bot:
            await bot.wait_for_output("circlebot.up")
            assert (await around.install(ORG)).status_code == 200
            assert (await around.install(AWAY_TEAM, as_=LIN)).status_code == 200
            await begin(around.lab, ADA, TRIALS)
            await begin(around.agency, LIN, ACME)
            await around.home.control("push", project="gh/acme/web", branch="broken")
            await around.lab.card("failed", channel=TRIALS)
            await around.agency.card("failed", channel=ACME, as_=LIN)
            assert "broken" not in get_text(await around.home.list_messages(DEPLOYS))
            await around.home.control("slack/uninstall")
            await around.home.wait_until(lambda: _count_tokens(tmp_path, 1), "the organisation's token to be gone")
            await around.agency.say("/circle subscriptions", as_=LIN, channel=ACME)
            await around.agency.reply("acme/web", as_=LIN, channel=ACME)


async def _count_tokens(folder: Path, left: int) -> bool | None:
    with sqlite3.connect(folder / "circlebot.db") as database:
        (count,) = database.execute("SELECT count(*) FROM installations").fetchone()
    return count == left or None
