"""A world in which nobody looks at CircleCI unasked: what it is asked, a command asked."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.command import Request, RequestSource
from tests.plugins.factories import WEB, make_pipeline, make_snapshot
from tests.plugins.world import ADA, DEPLOYS, Json, World, run_world

_STANDS = {"broken": "failed", "release": "on_hold", "slow": "running"}


@pytest.fixture
async def calm_world(tmp_path: Path) -> AsyncIterator[World]:
    """Without poller and delivery. Ada is connected, and her channel is about gh/acme/api."""
    async with asyncio.timeout(120), run_world(tmp_path, socket_mode=True, roles={"slack"}) as world:
        await world.connect()
        await world.say("/circle use gh/acme/api")
        await world.reply("from now on, where they name none")
        yield world


async def push_branch(world: World, story: str) -> Json:
    """A pipeline of gh/acme/web on this branch, once it stands as its story says."""
    pushed = await world.control("push", project="gh/acme/web", branch=story)

    async def look() -> Json | None:
        found = await fetch_pipeline(world, pushed["number"])
        return found if any(run["status"] == _STANDS[story] for run in found["workflows"]) else None

    return await world.wait_until(look, f"{story} to be {_STANDS[story]}")


async def fetch_pipeline(world: World, number: int) -> Json:
    of_web = [one for one in await world.list_pipelines() if one["project_slug"] == "gh/acme/web"]
    return next(one for one in of_web if one["number"] == number)


async def record_requests(
    world: World,
    line: str,
    source: RequestSource = RequestSource.TYPED,
    ts: str | None = None,
    *,
    addresses: Sequence[str] = (),
) -> list[str]:
    """What CircleCI is asked for this line, in the thread of `ts`; a shortcut points at that message."""
    since = len(await world.list_requests(""))
    place = {"message_ts": ts} if source is RequestSource.SHORTCUT else {"thread_ts": ts}
    written = source is not RequestSource.TYPED
    request = Request(
        "T0SANDBOX", ADA, line, source, uuid.uuid4().hex, DEPLOYS, addresses=tuple(addresses), written=written, **place
    )
    with capture_logs() as logged:
        await world.app.dispatcher.dispatch(request)
    assert not [event for event in logged if event["event"] == "command.crashed"], f"{line}: {logged}"
    calls = (await world.list_requests(""))[since:]
    return [f"{call['method']} {call['path'].removeprefix('/api/v2')}" for call in calls]


async def show_card(world: World, story: str) -> Json:
    """A pipeline, and the `ts` under which a message of the channel counts as its card."""
    pushed, posted = await push_branch(world, story), await world.say("What a day")
    await follow(world, pushed)
    now = datetime.now(UTC)
    async with world.app.core.store.begin() as tx:
        await tx.cards.upsert("T0SANDBOX", DEPLOYS, pushed["id"], asked_by=None, now=now)
        (card,) = await tx.cards.claim(now, 12, "me", limit=1)
        assert await tx.cards.settle_sent(card, posted["ts"], now)
    return {**pushed, "ts": posted["ts"]}


async def follow(world: World, pipeline: Json) -> None:
    """Have the bot know this pipeline of gh/acme/web."""
    number, branch, now = pipeline["number"], pipeline["vcs"]["branch"], datetime.now(UTC)
    begun = make_snapshot(pipeline=make_pipeline(number, branch, id=pipeline["id"])).model_dump_json()
    async with world.app.core.store.begin() as tx:
        await tx.pipelines.follow(pipeline["id"], WEB, number, branch=branch, tag=None, snapshot=begun, now=now)


def list_names(pipeline: Json) -> list[str]:
    """By which a path would name it."""
    runs = pipeline["workflows"]
    numbers = [f"job/{job['job_number']}" for run in runs for job in run["jobs"] if "job_number" in job]
    return [pipeline["id"], *(run["id"] for run in runs), *numbers]
