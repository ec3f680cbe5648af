"""Every command, asked in the thread of one pipeline while another is the newest: CircleCI is asked about the thread's.

The channel itself is about another project.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.command import Request, Source
from bot.commands import COMMANDS
from tests.plugins.nouns import WEB as SLUG
from tests.plugins.world import ADA, DEPLOYS, Json, World, a_world

OF_PIPELINES = {
    "pipeline": ("broken", ""),
    "workflow": ("broken", "build-and-test"),
    "jobs": ("broken", "build-and-test"),
    "config": ("broken", ""),
    "values": ("broken", ""),
    "rerun": ("broken", "--failed"),
    "cancel": ("slow", ""),
    "approve": ("release", "approve-staging"),
    "job": ("broken", "lint"),
    "tests": ("broken", ""),
    "logs": ("broken", "test"),
    "compare": ("broken", "build-and-test"),
    "artifacts": ("broken", "lint"),
    "why": ("broken", ""),
    "unremind": ("release", ""),
}
"""A story to ask about, and what the command needs to be told beside the pipeline."""

OF_PROJECTS = ("status", "recent", "project", "insights", "flaky", "env", "keys", "schedules", "webhooks")

OF_NEITHER = {
    *("connect", "whoami", "me", "user", "disconnect", "help", "use", "projects", "orgs", "contexts"),
    *("subscriptions", "unsubscribe", "takeover", "mute", "unmute", "quiet"),
}
"""They are about people, places and rules; `trigger` and `subscribe` are asked by forms."""


def test_every_command_stands_in_a_table() -> None:
    assert {one.name for one in COMMANDS} == {*OF_PIPELINES, *OF_PROJECTS, *OF_NEITHER, "trigger", "subscribe"}


def _lines() -> Iterator[tuple[str, str]]:
    for name, (story, more) in OF_PIPELINES.items():
        for project in ("", " gh/acme/web", " web", " github/acme/web"):
            yield story, f"{name}{project} {more}".strip()


@pytest.mark.parametrize("source", [Source.TYPED, Source.BUTTON, Source.SHORTCUT])
async def test_nothing_in_a_thread_goes_to_another_pipeline(world: World, source: Source) -> None:
    cards = {story: await _card(world, story) for story in ("broken", "slow", "release")}
    newest = {story: await _push(world, story) for story in cards}
    for story, line in _lines():
        before = await _count(world)
        await _ask(world, source, line, cards[story]["ts"])
        said = await _said(world, before)
        theirs, others = _names(await _pipeline(world, cards[story]["number"])), _names(newest[story])
        assert any(name in path for path in said for name in theirs), f"{line}: {said}"
        assert not [path for path in said for name in others if name in path], f"{line} went elsewhere"
        assert not [path for path in said if "acme/api" in path], f"{line} went to the channel's project"


async def test_a_thread_names_its_project_too(world: World) -> None:
    card = await _card(world, "broken")
    for name in OF_PROJECTS:
        before = await _count(world)
        await _ask(world, Source.TYPED, name, card["ts"])
        said = await _said(world, before)
        assert [path for path in said if "acme/web" in path], f"{name}: {said}"
        assert not [path for path in said if "acme/api" in path], name


async def test_another_pipeline_is_meant_where_it_is_named(world: World) -> None:
    card, other = await _card(world, "broken"), await _push(world, "broken")
    for said in (f"{other['number']}", f"gh/acme/web #{other['number']}", f"pipeline {other['number']}", other["id"]):
        await _ask(world, Source.TYPED, f"values {said}", card["ts"])
        await world.reply(f"|#{other['number']}>")


async def test_who_asks_by_mention_or_presses_in_a_thread_is_answered_there(world: World) -> None:
    card = await _card(world, "broken")
    await world.say("<@U0CIRCLEBOT> logs lint", thread_ts=card["ts"])
    reply = await world.reply("(job ")
    assert reply["thread_ts"] == card["ts"]
    await world.press(reply, "Job")
    pressed = await world.message("of `build-and-test`")
    assert pressed["thread_ts"] == card["ts"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """With nobody in it who looks at CircleCI unasked. The channel is about another project than the pipelines."""
    async with asyncio.timeout(120), a_world(tmp_path, socket_mode=True, roles={"slack"}) as one:
        await one.connect()
        await one.say("/circle use gh/acme/api")
        await one.reply("now about")
        yield one


async def _card(world: World, story: str) -> Json:
    """A pipeline, and the `ts` under which a message of the channel counts as its card."""
    pushed, posted = await _push(world, story), await world.say("What a day")
    now = datetime.now(UTC)
    async with world.app.core.store.begin() as tx:
        await tx.pipelines.follow(pushed["id"], SLUG, pushed["number"], story, None, "{}", now)
        await tx.cards.want("T0SANDBOX", DEPLOYS, pushed["id"], None, now)
        (card,) = await tx.cards.claim(now, 12, "me", 1)
        assert await tx.cards.settle_sent(card, posted["ts"], now)
    return {**pushed, "ts": posted["ts"]}


async def _push(world: World, story: str) -> Json:
    """A pipeline of this branch, once it stands still (or waits)."""
    pushed = await world.control("push", project="gh/acme/web", branch=story)
    wanted = {"broken": "failed", "release": "on_hold", "slow": "running"}[story]

    async def look() -> Json | None:
        found = await _pipeline(world, pushed["number"])
        return found if any(run["status"] == wanted for run in found["workflows"]) else None

    return await world.until(look, f"{story} to be {wanted}")


async def _pipeline(world: World, number: int) -> Json:
    return next(
        one for one in await world.pipelines() if (one["project_slug"], one["number"]) == ("gh/acme/web", number)
    )


async def _ask(world: World, source: Source, line: str, ts: str | None) -> None:
    place = {"message_ts": ts} if source is Source.SHORTCUT else {"thread_ts": ts}
    key = uuid.uuid4().hex
    written = source is not Source.TYPED
    request = Request("T0SANDBOX", ADA, line, source, key, DEPLOYS, written=written, **place)
    await world.app.dispatcher.dispatch(request)


async def _count(world: World) -> int:
    return len((await world.state("circleci"))["circleci"]["calls"])


async def _said(world: World, since: int) -> list[str]:
    """What CircleCI was asked meanwhile."""
    calls = (await world.state("circleci"))["circleci"]["calls"][since:]
    return [f"{call['method']} {call['path']}" for call in calls]


def _names(pipeline: Json) -> list[str]:
    """By which a path would name it."""
    runs = pipeline["workflows"]
    numbers = [f"/{job['job_number']}" for run in runs for job in run["jobs"] if job["job_number"]]
    return [pipeline["id"], *(run["id"] for run in runs), *numbers]
