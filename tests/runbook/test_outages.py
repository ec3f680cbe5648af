"""The runbook's "Slack down", "CircleCI down" and "A poison message", done as they stand there."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import update

from bot.store.tables.publishing import outbox
from bot.web.readiness import load_readings
from tests.plugins.runbook import Operator, list_blocks
from tests.plugins.slack_users import ADA, DEPLOYS, Json
from tests.plugins.stepped_world import SteppedWorld, run_stepped_world

HOUR_S = 3600
OVERDUE_S = 300
"""From when on CirclebotBacklogOld fires."""


@asynccontextmanager
async def _run_site(folder: Path) -> AsyncIterator[tuple[SteppedWorld, Operator]]:
    """A channel that hears failures, in a world whose time the test moves."""
    async with run_stepped_world(folder) as world:
        operator = Operator(folder)
        operator.write_settings(_list_settings(world))
        await world.connect()
        await world.change("subscribe gh/acme/web --only failed", as_=ADA, channel=DEPLOYS)
        await world.run_until_idle()
        yield world, operator


def _list_settings(world: SteppedWorld) -> dict[str, str]:
    chosen = world.settings
    secrets = {name: getattr(chosen, name) for name in ("slack_bot_token", "slack_app_token", "database_url")}
    return {
        **{name.upper(): secret.get_secret_value() for name, secret in secrets.items()},
        "ENCRYPTION_KEYS": chosen.encryption_keys[0].get_secret_value(),
        "SLACK_API_URL": chosen.slack_api_url,
        "CIRCLECI_URL": chosen.circleci_url,
    }


async def _push_failures(world: SteppedWorld, hours: int) -> None:
    """One an hour, each to its end."""
    for _ in range(hours):
        await world.control("push", project="gh/acme/web", branch="broken")
        for _ in range(6):
            await world.advance(HOUR_S / 6)


async def _list_told(world: SteppedWorld) -> Counter[str]:
    shown: list[Json] = [one for one in await world.list_messages() if one.get("metadata")]
    return Counter(one["metadata"]["event_payload"]["key"] for one in shown)


def _count_cards(told: Counter[str]) -> int:
    return sum(key.startswith("card:") for key in told)


async def test_slack_down_for_six_hours(tmp_path: Path) -> None:
    look, over = list_blocks("Slack down")
    async with _run_site(tmp_path) as (world, operator):
        before = await _list_told(world)
        await world.control("break", name="slack-outage")
        await _push_failures(world, 6)
        doctor, waiting = look.splitlines()
        code, said = await operator.type(doctor)
        assert (code, "FAIL slack" in said) == (1, True), said
        code, said = await operator.type(waiting)
        assert (code, len(said.splitlines()) >= 6) == (0, True), said
        readings = await load_readings(store=world.app.core.store, socket=None, clock=world.clock)
        assert max(readings.outbox_oldest_s, readings.cards_oldest_s) > OVERDUE_S
        await world.control("break", name="slack-outage", on=False)
        await world.run_until_idle()
        told = await _list_told(world)
        assert _count_cards(told) - _count_cards(before) == 6
        assert set(told.values()) == {1}, told.most_common(3)
        assert (await operator.type(over)) == (0, "Nothing waits.\n")


async def test_circleci_down_for_two_hours(tmp_path: Path) -> None:
    look, over = list_blocks("CircleCI down")
    async with _run_site(tmp_path) as (world, operator):
        before = await _list_told(world)
        await world.control("break", name="circleci-outage")
        await _push_failures(world, 2)
        code, said = await operator.type(look)
        assert (code, "FAIL circleci" in said) == (1, True), said
        await world.say("/circle recent gh/acme/web")
        await world.drain_tasks()
        await world.reply("CircleCI")
        assert await _list_told(world) == before
        await world.control("break", name="circleci-outage", on=False)
        await world.run_until_idle()
        told = await _list_told(world)
        assert _count_cards(told) - _count_cards(before) == 2
        assert set(told.values()) == {1}, told.most_common(3)
        assert "ok   circleci" in (await operator.type(over))[1]


async def test_a_poison_message(tmp_path: Path) -> None:
    act, over = list_blocks("A poison message")
    async with _run_site(tmp_path) as (world, operator):
        await world.control("break", name="slack-limit")
        await _push_failures(world, 1)
        poisoned = await _poison(world)
        await world.control("break", name="slack-limit", on=False)
        await _push_failures(world, 1)
        told = await _list_told(world)
        assert _count_cards(told) == 2
        look, retry, drop = [line.replace("notice:1", poisoned) for line in act.splitlines()]
        code, said = await operator.type(look)
        assert (code, f"{poisoned} " in said, "cannot be read" in said) == (0, True, True), said
        assert (await operator.type(retry))[0] == 0
        await world.run_until_idle()
        assert f"{poisoned} " in (await operator.type(look))[1]
        await world.advance(60)
        code, said = await operator.type(drop)
        assert (code, "will never be posted" in said) == (0, True), said
        await world.run_until_idle()
        assert (await operator.type(over)) == (0, "Nothing waits.\n")


async def _poison(world: SteppedWorld) -> str:
    """What waits first cannot be read from now on: its id."""
    async with world.app.core.store.begin() as tx:
        [first] = [one for one in await tx.undelivered.list_all(world.clock.now()) if one.id.startswith("notice")][:1]
        number = int(first.id.partition(":")[2])
        await tx._connection.execute(update(outbox).where(outbox.c.id == number).values(message="no JSON"))
    return first.id
