"""The cloud with API v3 beside v2: what only v3 tells is told, and nothing is missing where it goes away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import World, run_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with run_world(tmp_path, socket_mode=True, circleci_api_v3="on") as world:
        await world.connect()
        yield world


async def _push_oom(world: World) -> str:
    """What the card says of a job that runs out of memory, once the thread has said it too."""
    pushed = await world.control("push", project="gh/acme/web", branch="topic", like="oom")
    card = await world.card("Not worth a rerun", number=pushed["number"])
    await world.thread(card, "ran out of memory on `medium`")
    return get_text(card).replace("\xa0", " ")


async def test_an_out_of_memory_says_of_how_much_until_v3_is_gone(world: World) -> None:
    await world.say("/circle subscribe gh/acme/web --branch topic")
    await world.reply("You own rule")
    assert "Bundle the shop · ran out of memory: 4 GB of 4 GB" in await _push_oom(world)
    await world.control("faults", target="circleci", match="v3/", status=410, count=0)
    assert "Bundle the shop · `FATAL ERROR: Reached heap limit" in await _push_oom(world)


async def test_projects_that_nobody_follows_are_listed_and_timetables_of_the_github_app(world: World) -> None:
    await world.control("follow", project="gh/acme/api", **{"as": "ada", "on": False})
    await world.say("/circle projects")
    assert "acme/api" in get_text(await world.reply("Your projects"))
    projects = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    slugs = {one["name"]: one["slug"] for one in projects}
    await world.say(f"/circle schedules {slugs['handbook']}")
    listed = get_text(await world.reply("Spelling, weekly"))
    assert "*Spelling, weekly* — branch `main`, cron `30 7 * * 1` in UTC, :double_vertical_bar: *paused*" in listed
    assert "CircleCI lets nobody change these by its API" in listed
    await world.control("server", on=True)
    await world.say(f"/circle schedules {slugs['kiosk']}")
    await world.reply("GitLab or the GitHub App have no schedules")


async def test_what_failed_in_an_organisation_is_found_by_one_search(world: World) -> None:
    for project in ("gh/acme/web", "gh/acme/api"):
        pushed = await world.control("push", project=project, branch="topic", like="bad-config")
        pushed = await world.control("push", project=project, branch="topic", like="broken")
        await world.say(f"/circle pipeline {project} {pushed['number']} --card")
        await world.card("*failed*", number=pushed["number"])
    before = len(await world.list_requests("/runs/search"))
    await world.say("/circle recent --org gh/acme --failed --branch topic")
    shown = get_text(await world.reply("Recent pipelines of all of"))
    assert "acme/web #" in shown
    assert "acme/api #" in shown
    assert "I looked at the last 7 days." in shown
    assert len(await world.list_requests("/runs/search")) == before + 1
