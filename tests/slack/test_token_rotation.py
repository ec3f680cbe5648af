"""Tokens that Slack rotates, over the sandbox: replaced before they end, by one process, and never lost unsaid."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from slack_sdk.errors import SlackApiError

from bot.app.core import find_oauth_app
from bot.diagnostics.examination import Examination
from bot.domain.people import Installation
from bot.operating.findings import format_line
from bot.slack.token_rotation import TokenRotation
from tests.plugins.side_by_side import AWAY_TEAM, HOME_TEAM, LIN, ORG, Workspaces, run_workspaces

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

HOUR = 3600.0


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Workspaces]:
    """The loops do not run: a test is each of the processes."""
    async with run_workspaces(tmp_path, rotation=True, roles=frozenset({"slack"})) as workspaces:
        yield workspaces


def build_process(around: Workspaces, holder: str) -> TokenRotation:
    core = around.app.core
    app = find_oauth_app(core.settings)
    return TokenRotation(store=core.store, clients=core.clients, app=app, clock=around.clock, holder=holder)


async def find(around: Workspaces, installed: str = HOME_TEAM) -> Installation:
    found = await around.find(installed)
    assert found
    return found


async def is_accepted(around: Workspaces, token: str) -> bool:
    try:
        await around.app.core.clients.build(token).auth_test()
    except SlackApiError as error:
        return error.response["error"] != "token_expired"
    return True


async def count_refreshes(around: Workspaces) -> int:
    calls = await around.home.list_calls("oauth.v2.access")
    return sum(call["args"].get("grant_type") == "refresh_token" for call in calls)


async def examine(around: Workspaces) -> str:
    """What the doctor says of rotation."""
    core = around.app.core
    found = await Examination(settings=core.settings, store=core.store, machine=around.clock).examine()
    return "\n".join(format_line(one) for one in found if one.check == "rotation")


@pytest.mark.parametrize("where", [HOME_TEAM, ORG])
async def test_a_token_is_replaced_before_it_ends_and_the_one_before_stays_good(around: Workspaces, where: str) -> None:
    await around.install(where)
    first = await find(around, where)
    assert first.token.startswith("xoxe.xoxb-1-")
    process = build_process(around, "one")
    around.clock.advance(9 * HOUR)
    await process.tick()
    assert await find(around, where) == first, "three hours are left"
    around.clock.advance(1.5 * HOUR)
    await process.tick()
    second = await find(around, where)
    assert second.token != first.token
    assert second.refresh_token != first.refresh_token
    assert await is_accepted(around, first.token)
    around.clock.advance(2 * HOUR)
    assert not await is_accepted(around, first.token)
    assert await is_accepted(around, second.token)
    client = await around.app.core.clients.find(HOME_TEAM)
    assert client is not None
    assert client.token == second.token


async def test_of_several_processes_one_asks(around: Workspaces) -> None:
    await around.install(HOME_TEAM)
    await around.install(AWAY_TEAM, as_=LIN)
    around.clock.advance(11 * HOUR)
    await asyncio.gather(*(build_process(around, str(number)).tick() for number in range(4)))
    assert await count_refreshes(around) == 2
    for team in (HOME_TEAM, AWAY_TEAM):
        assert (await find(around, team)).refused_at is None


async def test_a_process_that_slept_through_the_end_has_a_new_token_at_once(around: Workspaces) -> None:
    await around.install(HOME_TEAM)
    around.clock.advance(30 * HOUR)
    await build_process(around, "one").tick()
    assert await is_accepted(around, (await find(around)).token)


async def test_an_answer_that_is_lost_is_told_and_a_new_installation_mends_it(around: Workspaces) -> None:
    await around.install(HOME_TEAM)
    around.clock.advance(11 * HOUR)
    await around.home.control("faults", target="slack", match="oauth.v2.access", accept_then_drop=True, count=1)
    process = build_process(around, "one")
    before = await find(around)
    with structlog.testing.capture_logs() as lines:
        await process.tick()
        assert await find(around) == before, "whether Slack did it is not known"
        around.clock.advance(301)
        await process.tick()
    assert [line["event"] for line in lines if line["event"].startswith("token.")] == [
        "token.answer_lost",
        "token.refresh_refused",
    ]
    assert (await find(around)).refused_at is not None
    assert "and could not be renewed: the new one was lost on its way" in await examine(around)
    asked = await count_refreshes(around)
    around.clock.advance(301)
    await process.tick()
    assert await count_refreshes(around) == asked, "a spent token is not tried for ever"
    await around.install(HOME_TEAM)
    mended = await find(around)
    assert mended.refused_at is None
    assert "the token of Sandbox is renewed before" in await examine(around)
    assert mended.expires_at is not None
    assert before.expires_at is not None
    assert mended.expires_at > before.expires_at


async def test_a_slack_that_is_down_costs_nothing(around: Workspaces) -> None:
    await around.install(HOME_TEAM)
    around.clock.advance(11 * HOUR)
    await around.home.control("faults", target="slack", match="oauth.v2.access", status=503, count=1)
    process = build_process(around, "one")
    await process.tick()
    around.clock.advance(301)
    await process.tick()
    found = await find(around)
    assert found.refused_at is None
    assert await is_accepted(around, found.token)
    around.clock.advance(2 * HOUR)
    assert await is_accepted(around, found.token)
