"""The way to Slack as it fails, beside the sandbox's Slack: each symptom happens, and is gone when it is mended."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.app.composition import App, build_app
from bot.domain import ProjectScope
from bot.domain.arrivals import Listener
from bot.messages import Message
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.doctor_harness import DoctorHarness, open_harness
from tests.plugins.postgres import PostgresServer
from tests.plugins.slack_users import ADA, PRIVATE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEAM = "T0SANDBOX"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[DoctorHarness]:
    async with open_harness(tmp_path) as one:
        yield one


async def test_a_clock_is_compared_with_slacks_answer(house: DoctorHarness) -> None:
    for skew in (timedelta(minutes=10), timedelta(minutes=-10)):
        [told] = await house.look("clock", skew=skew)
        assert told.startswith("FAIL clock — The clock of this machine is ")
        assert told.endswith(
            "mend: Set it by the network: `timedatectl set-ntp true`. "
            "From five minutes on Slack's requests are refused."
        )
    assert await house.look("clock", skew=timedelta(seconds=20)) == ["ok   clock — as Slack's"]


async def test_the_databases_clock_is_compared_with_this_machines(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    async with open_harness(tmp_path, postgres_url) as house:
        database, machine = await house.look("clock", skew=timedelta(minutes=10))
        assert database.startswith("FAIL clock — The clock of the database is 10m off this machine's; mend: ")
        assert machine.startswith("FAIL clock — The clock of this machine is ")
        assert await house.look("clock") == ["ok   clock — as Slack's"]


@contextlib.asynccontextmanager
async def listening(house: DoctorHarness, database_url: str, sockets: int) -> AsyncIterator[App]:
    """A process of circlebot that listens with the same app token, once Slack counts so many connections."""
    settings = house.settings.model_copy(update={"database_url": SecretStr(database_url)})
    app = build_app(settings)
    async with app.running(frozenset({"slack"})):
        await house.wait_for_sockets(sockets)
        await app.listener.tick()
        yield app


async def test_two_installations_on_one_app_token_take_turns_and_each_is_told(
    house: DoctorHarness, tmp_path: Path
) -> None:
    ours = house.settings.database_url.get_secret_value()
    (tmp_path / "theirs").mkdir()
    theirs = await create_database(tmp_path / "theirs")
    async with listening(house, ours, 2), listening(house, ours, 4):
        assert await house.look("socket") == ["ok   socket — Slack gives us a connection, and counts 4 others"]
        async with listening(house, theirs, 6):
            assert await house.look("socket") == [
                (
                    "FAIL socket — Slack counts 6 connections of this app, and 4 are ours: another installation takes "
                    "its share; mend: Stop the other one, or make an app of its own for it with what `circlebot "
                    "manifest` prints."
                )
            ]
        await house.wait_for_sockets(4)
        assert await house.look("socket") == ["ok   socket — Slack gives us a connection, and counts 4 others"]


async def test_a_process_without_a_connection_is_named(house: DoctorHarness) -> None:
    async with listening(house, house.settings.database_url.get_secret_value(), 2) as app:
        [well] = await house.look("listener")
        assert well == f"ok   listener — {app.core.holder} listens by Socket Mode, heard nothing of Slack yet"
        closed = {"target": "slack", "match": "apps.connections.open", "error": "fatal_error", "count": 0}
        for fault in (closed, {"target": "slack", "drop_socket": True}):
            await house.http.post("/_control/faults", json=fault)
        await house.wait_for_sockets(0)
        await house.wait_for_silence(app.socket)
        await app.listener.tick()
        assert "listens by Socket Mode" in (await house.look("listener"))[0], "it may be making another"
        await app.listener.tick()
        [quiet] = await house.look("listener")
        assert quiet.startswith(f"FAIL listener — {app.core.holder} runs and has no connection to Slack; mend: Its log")


async def test_a_process_that_ended_without_a_word_is_missed_and_one_that_was_stopped_is_not(
    house: DoctorHarness,
) -> None:
    async with house.store.begin() as tx:
        await tx.listeners.upsert(Listener("dead", NOW, connections=2))
    assert await house.look("listener") == [
        (
            "FAIL listener — No process has listened to Slack since 2026-11-24 12:00 UTC; the last one ended without a "
            "word; mend: Read the end of its log, and start it again: `circlebot run`."
        )
    ]
    async with house.store.begin() as tx:
        await tx.listeners.delete("dead")
    async with listening(house, house.settings.database_url.get_secret_value(), 2):
        assert "listens by Socket Mode" in (await house.look("listener"))[0]
    assert await house.look("listener") == ["ok   listener — no process listens to Slack right now (circlebot run)"]


async def test_what_is_signed_with_another_secret_is_told_until_something_fits(tmp_path: Path) -> None:
    async with open_harness(tmp_path, socket_mode=False) as house:
        app = build_app(house.settings)
        async with app.running(frozenset({"slack"})), serve_app(app.build_web_app(), open_socket()) as url:
            await house.say_signed(url, "another-secret")
            await app.listener.tick()
            [told] = await house.look("listener")
            assert told.startswith("FAIL listener — What came from Slack at ")
            assert "was signed with another secret, and nothing that fits came since; mend: Copy the signing" in told
            assert told.endswith("(your app's page at Slack, Basic Information): `SLACK_SIGNING_SECRET=…`.")
            await house.say_signed(url, "sandbox-signing-secret")
            await app.listener.tick()
            [well] = await house.look("listener")
            assert "listens by HTTP, heard Slack last at " in well


async def test_a_channel_that_takes_nothing_is_told_until_the_bot_is_there(house: DoctorHarness) -> None:
    rule = Subscription(0, TEAM, PRIVATE, ProjectScope.parse("gh/acme/web"), Rule(), ADA, NOW)
    async with house.store.begin() as tx:
        await tx.subscriptions.insert(rule)
        await tx.outbox.insert("k", TEAM, PRIVATE, message=Message("It failed"), now=NOW)
        [notice] = await tx.outbox.claim(NOW, 60, "me", limit=1)
        await tx.outbox.settle_undeliverable(notice, "not_in_channel", NOW)
    assert await house.look("channels") == [
        (
            "FAIL channels — Slack takes nothing of mine for C0PRIVATE (not_in_channel); mend: Type "
            "`/invite @circlebot` there. If the channel is archived or gone, remove its rules."
        )
    ]
    await house.http.post("/_page/channel", json={"as": ADA, "do": "invite_bot", "channel": PRIVATE})
    assert await house.look("channels") == ["ok   channels — Slack took the last message for each"]


async def test_a_way_without_websockets(house: DoctorHarness) -> None:
    async def open_elsewhere(request: Request) -> Response:
        return JSONResponse({"ok": True, "url": f"ws://{request.url.netloc}/closed"})

    async def refuse(_request: Request) -> Response:
        return Response(status_code=403)

    routes = [Route("/api/{method}", open_elsewhere, methods=["GET", "POST"]), Route("/closed", refuse)]
    async with serve_app(Starlette(routes=routes), open_socket()) as url:
        [told] = await house.look("socket", slack_api_url=f"{url}/api/")
    assert told.startswith("FAIL socket — The way to Slack's WebSockets is closed (HTTP 403); mend: Let WebSockets to ")
