"""Every command, asked in the thread of one pipeline while another is the newest: CircleCI is asked about the thread's.

The channel itself is about another project.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.command import RequestSource
from bot.commands import COMMANDS
from tests.plugins.command_requests import fetch_pipeline, list_names, push_branch, record_requests, show_card
from tests.plugins.world import World

OF_PIPELINES = {
    "pipeline": ("broken", ""),
    "workflow": ("broken", "build-and-test"),
    "jobs": ("broken", "build-and-test"),
    "config": ("broken", ""),
    "values": ("broken", ""),
    "again": ("broken", ""),
    "now": ("broken", ""),
    "rerun": ("broken", "--failed"),
    "cancel": ("slow", ""),
    "approve": ("release", "approve-staging"),
    "ask": ("release", "approve-staging"),
    "job": ("broken", "lint"),
    "tests": ("broken", ""),
    "logs": ("broken", "test"),
    "compare": ("broken", "build-and-test"),
    "artifacts": ("broken", "lint"),
    "why": ("broken", ""),
    "unremind": ("release", ""),
}
"""A story to ask about, and what the command needs to be told beside the pipeline."""

OF_PROJECTS = ("status", "deploys", "recent", "project", "insights", "flaky", "env", "keys", "schedules", "webhooks")

OF_NEITHER = {
    *("connect", "me", "user", "disconnect", "doctor", "help", "tour", "use", "projects", "orgs", "contexts"),
    *("subscriptions", "unsubscribe", "takeover", "mute", "unmute", "undo", "quiet", "propose", "preset", "looking"),
    *("undelivered", "policy", "admins", "audit", "freeze", "admin", "requests", "rollback", "promote"),
}
"""They are about people, places and rules, or read what we know; `trigger` and `subscribe` are asked by forms."""


def test_every_command_stands_in_a_table() -> None:
    assert {one.name for one in COMMANDS} == {*OF_PIPELINES, *OF_PROJECTS, *OF_NEITHER, "trigger", "subscribe"}


def _lines(source: RequestSource) -> Iterator[tuple[str, str]]:
    """However a person spells the project; a press says what we wrote."""
    spellings = ("", " gh/acme/web", " web", " github/acme/web") if source is RequestSource.TYPED else ("",)
    for name, (story, more) in OF_PIPELINES.items():
        for project in spellings:
            yield story, f"{name}{project} {more}".strip()


@pytest.mark.parametrize("source", [RequestSource.TYPED, RequestSource.BUTTON, RequestSource.SHORTCUT])
async def test_nothing_in_a_thread_goes_to_another_pipeline(calm_world: World, source: RequestSource) -> None:
    world = calm_world
    cards = {story: await show_card(world, story) for story in ("broken", "slow", "release")}
    newest = {story: await push_branch(world, story) for story in cards}
    for story, line in _lines(source):
        said = await record_requests(world, line, source, cards[story]["ts"])
        theirs, others = list_names(await fetch_pipeline(world, cards[story]["number"])), list_names(newest[story])
        assert any(name in path for path in said for name in theirs), f"{line}: {said}"
        assert not select_strays(line, said, others), f"{line} went elsewhere"
        assert not [path for path in said if "acme/api" in path], f"{line} went to the channel's project"


def select_strays(line: str, asked: list[str], others: list[str]) -> list[str]:
    """What went to other pipelines. Which parameters there are, the branch's newest config tells."""
    strays = [path for path in asked for name in others if name in path]
    return [path for path in strays if not (line.startswith("again") and path.endswith("/config"))]


async def test_a_thread_names_its_project_too(calm_world: World) -> None:
    world, card = calm_world, await show_card(calm_world, "broken")
    for name in OF_PROJECTS:
        said = await record_requests(world, name, ts=card["ts"])
        assert [path for path in said if "acme/web" in path], f"{name}: {said}"
        assert not [path for path in said if "acme/api" in path], name


async def test_another_pipeline_is_meant_where_it_is_named(calm_world: World) -> None:
    world = calm_world
    card, other = await show_card(world, "broken"), await push_branch(world, "broken")
    for said in (f"{other['number']}", f"gh/acme/web #{other['number']}", f"pipeline {other['number']}", other["id"]):
        await record_requests(world, f"values {said}", ts=card["ts"])
        await world.reply(f"|#{other['number']}>")


async def test_a_link_to_a_branch_means_the_threads_pipeline_only_where_it_is_of_that_branch(calm_world: World) -> None:
    world = calm_world
    card, _, slow = (
        await show_card(world, "broken"),
        await push_branch(world, "broken"),
        await push_branch(world, "slow"),
    )
    link = f"{world.url}/circleci/pipelines/github/acme/web?branch="
    for branch, number in (("broken", card["number"]), ("slow", slow["number"])):
        await record_requests(world, f"values {link}{branch}", ts=card["ts"])
        await world.reply(f"|#{number}>")


async def test_who_asks_by_mention_or_presses_in_a_thread_is_answered_there(calm_world: World) -> None:
    world, card = calm_world, await show_card(calm_world, "broken")
    await world.say("<@U0CIRCLEBOT> logs lint", thread_ts=card["ts"])
    reply = await world.reply("(job ")
    assert reply["thread_ts"] == card["ts"]
    await world.pick(reply, "Show job")
    pressed = await world.message("of `build-and-test`")
    assert pressed["thread_ts"] == card["ts"]
