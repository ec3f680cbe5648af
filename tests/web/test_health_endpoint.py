from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import __version__
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook, TokenOwner
from bot.messages import Message
from bot.metrics import Metrics, Readings
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.web.health_endpoint import HealthEndpoint
from bot.web.readiness import build_checks, load_readings
from tests.plugins.database import create_database
from tests.web.conftest import NOW, Serve, StandingClock


class Connection:
    def __init__(self, *, up: bool) -> None:
        self._up = up

    async def is_connected(self) -> bool:
        return self._up


class Turning:
    def __init__(self, name: str, *, fresh: bool) -> None:
        self.name = name
        self._fresh = fresh

    @property
    def rest_s(self) -> float:
        return 60.0

    def is_fresh(self) -> bool:
        return self._fresh

    def get_age_s(self) -> float | None:
        return 3.0 if self._fresh else None


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(f"sqlite:///{tmp_path}/circlebot.db", Vault([generate_key()]))
    yield one
    await one.close()


def health(store: Store, *, connected: bool = True, fresh: bool = True) -> HealthEndpoint:
    loops = [Turning("poller", fresh=fresh), Turning("delivery", fresh=True)]

    async def read() -> Readings:
        return await load_readings(store=store, socket=Connection(up=connected), clock=StandingClock())

    looks = build_checks(store=store, socket=Connection(up=connected), loops=loops)
    return HealthEndpoint(checks=looks, metrics=Metrics(), read=read)


async def test_a_process_that_runs_is_alive_even_when_it_is_not_ready(serve: Serve, store: Store) -> None:
    async with serve(health=health(store, connected=False)) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 503


async def test_all_is_well(serve: Serve, store: Store, tmp_path: Path) -> None:
    await create_database(tmp_path)
    async with serve(health=health(store)) as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": "ok", "slack": "ok", "poller": "ok", "delivery": "ok"},
    }


async def test_everything_that_is_wrong_is_told(serve: Serve, store: Store) -> None:
    async with serve(health=health(store, connected=False, fresh=False)) as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {
            "database": "the database is not at this release: run `circlebot migrate`",
            "slack": "no Socket Mode connection is open",
            "poller": "has not turned well for a while",
            "delivery": "ok",
        },
    }


async def test_a_check_that_fails_says_so_without_its_secrets(serve: Serve) -> None:
    async def broken() -> str | None:
        raise OSError("postgres://bot:letmein@db")

    looks = {"database": broken}
    async with serve(health=HealthEndpoint(checks=looks, metrics=Metrics(), read=_nothing)) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": "failed (OSError)"})


async def _nothing() -> Readings:
    return Readings()


async def test_over_http_there_is_no_connection_to_look_at(store: Store) -> None:
    assert await build_checks(store=store, socket=None, loops=[])["slack"]() is None


async def test_prometheus_reads_what_was_counted_and_how_things_stand(
    serve: Serve, store: Store, tmp_path: Path
) -> None:
    await create_database(tmp_path)
    async with store.begin() as tx:
        await tx.polled_projects.upsert(ProjectSlug("gh", "acme", "web"), NOW - timedelta(seconds=90))
        await tx.outbox.insert("a", "T1", "C1", message=Message("hi"), now=NOW - timedelta(seconds=30))
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW - timedelta(seconds=20))
        await tx.hooks.upsert(Hook(ProjectSlug("gh", "acme", "web"), "k", "p", "h", "https://bot", "T1", "U1", NOW))
        for user, requests in (("U1", 100), ("U2", 4000)):
            await tx.token_usage.add(TokenOwner("T1", user), requests, None, now=NOW)
        await tx.token_usage.add(TokenOwner(), 30, 100, now=NOW)
    metrics = Metrics()
    metrics.count_command("trigger", "done")
    metrics.count_circleci_answer(503)
    metrics.count_slack_answer("retry")

    async def read() -> Readings:
        return await load_readings(store=store, socket=Connection(up=True), clock=StandingClock(), loops=loops)

    loops = [Turning("delivery", fresh=True), Turning("poller", fresh=False)]
    async with serve(health=HealthEndpoint(checks={}, metrics=metrics, read=read)) as http:
        answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'circlebot_commands_total{command="trigger",outcome="done"} 1.0' in lines
    assert 'circlebot_circleci_requests_total{status="503"} 1.0' in lines
    assert 'circlebot_slack_messages_total{result="retry"} 1.0' in lines
    assert "circlebot_outbox_backlog 1.0" in lines
    assert "circlebot_outbox_oldest_seconds 30.0" in lines
    assert "circlebot_cards_outdated 1.0" in lines
    assert "circlebot_cards_oldest_seconds 20.0" in lines
    assert 'circlebot_loop_age_seconds{loop="delivery"} 3.0' in lines
    assert 'circlebot_loop_rest_seconds{loop="delivery"} 60.0' in lines
    assert 'loop="poller"' not in answer.text, "it does not run in this process"
    assert 'circlebot_polls_total{of="project",result="limited"} 0.0' in lines, "there before it happens"
    assert f'circlebot_build_info{{version="{__version__}"}} 1.0' in lines
    assert "circlebot_poll_lag_seconds 90.0" in lines
    assert "circlebot_slack_connected 1.0" in lines
    assert 'circlebot_webhooks{state="untrusted"} 1.0' in lines
    assert 'circlebot_webhooks{state="trusted"} 0.0' in lines
    assert 'circlebot_circleci_hour_requests{workspace="T1"} 4100.0' in lines
    assert 'circlebot_circleci_hour_limit{workspace="T1"} 10000.0' in lines
    assert 'circlebot_circleci_hour_busiest{workspace="T1"} 0.8' in lines
    assert 'circlebot_circleci_hour_busiest{workspace="service"} 0.3' in lines
    assert "U2" not in answer.text


async def test_however_many_workspaces_there_are_prometheus_gets_twenty_and_the_rest_as_one(
    store: Store, tmp_path: Path
) -> None:
    await create_database(tmp_path)
    async with store.begin() as tx:
        for number in range(30):
            await tx.token_usage.add(TokenOwner(f"T{number}", "U"), 100 - number, None, now=NOW)
    found = await load_readings(store=store, socket=None, clock=StandingClock())
    assert len(found.hours) == 21
    assert found.hours["others"].requests == sum(100 - number for number in range(20, 30))


async def test_two_processes_in_one_interpreter_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.count_command("trigger", "done")
    assert b"trigger" not in other.render(Readings())
