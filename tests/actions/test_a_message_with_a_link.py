"""A message shortcut on anybody's message: what its link to CircleCI leads to is meant, and nothing else is guessed."""

from __future__ import annotations

import pytest

from bot.command import RequestSource
from tests.actions.test_a_thread_names_its_pipeline import OF_PIPELINES, OF_PROJECTS, select_strays
from tests.plugins.command_requests import fetch_pipeline, list_names, push_branch, record_requests, show_card
from tests.plugins.world import World

_ALONE = {"approve": "approve-staging", "artifacts": "lint", "logs": "test", "job": "lint"}


@pytest.mark.parametrize("host", ["https://app.circleci.com", None])
async def test_every_command_means_the_pipeline_of_the_link(calm_world: World, host: str | None) -> None:
    world = calm_world
    linked = {story: await push_branch(world, story) for story in ("broken", "slow", "release")}
    newest = {story: await push_branch(world, story) for story in linked}
    posted = await world.say("Look at this")
    for name, (story, _) in OF_PIPELINES.items():
        line = f"{name} {_ALONE.get(name, '')}".strip()
        address = f"{host or world.url + '/circleci'}/pipelines/github/acme/web/{linked[story]['number']}"
        asked = await record_requests(world, line, RequestSource.SHORTCUT, posted["ts"], addresses=[address])
        theirs = await _list_names(world, linked[story]["number"])
        assert any(one in path for path in asked for one in theirs), f"{line}: {asked}"
        assert not select_strays(line, asked, list_names(newest[story])), line
        assert not [path for path in asked if "acme/api" in path], f"{line} went to the channel's project"


async def test_a_link_names_its_project_too(calm_world: World) -> None:
    world, posted = calm_world, await calm_world.say("Look at this")
    for name in OF_PROJECTS:
        for path in ("pipelines/github/acme/web?branch=main", f"pipelines/github/acme/web/{await _newest(world)}"):
            address = f"https://app.circleci.com/{path}"
            asked = await record_requests(world, name, RequestSource.SHORTCUT, posted["ts"], addresses=[address])
            assert [one for one in asked if "acme/web" in one], f"{name}: {asked}"
            assert not [one for one in asked if "acme/api" in one], name


async def test_of_several_links_each_is_a_button(calm_world: World) -> None:
    world, posted = calm_world, await calm_world.say("Look at these")
    told = [await push_branch(world, "broken") for _ in range(2)]
    at = [f"https://app.circleci.com/pipelines/github/acme/web/{one['number']}" for one in told]
    await record_requests(world, "tests", RequestSource.SHORTCUT, posted["ts"], addresses=at)
    reply = await world.reply("links to several things")
    buttons = {one["text"]["text"]: one["value"] for one in reply["blocks"][-1]["elements"]}
    assert list(buttons) == [f"acme/web #{one['number']}" for one in told]
    asked = await record_requests(world, list(buttons.values())[1], RequestSource.BUTTON)
    assert [path for path in asked if f"/pipeline/{told[1]['number']}" in path]


async def test_a_message_of_ours_means_what_it_tells_of_and_not_what_it_links_to(calm_world: World) -> None:
    world, card = calm_world, await show_card(calm_world, "broken")
    other = await push_branch(world, "broken")
    at = f"https://app.circleci.com/pipelines/github/acme/web/{other['number']}"
    asked = await record_requests(world, "values", RequestSource.SHORTCUT, card["ts"], addresses=[at])
    assert f"GET /pipeline/{card['id']}/values" in asked


async def test_a_message_that_names_nothing_says_what_it_needs(calm_world: World) -> None:
    world, posted = calm_world, await calm_world.say("What a day")
    for line in ("why", "logs", "rerun"):
        asked = await record_requests(world, line, RequestSource.SHORTCUT, posted["ts"], addresses=["https://x.dev"])
        assert not [path for path in asked if "pipeline" in path], line
        reply = await world.reply("That message names no pipeline.")
        assert "a message with a link to CircleCI" in str(reply["blocks"])


async def test_the_shortcut_of_slack_carries_what_the_message_holds(calm_world: World) -> None:
    world, pushed = calm_world, await push_branch(calm_world, "broken")
    said = f"who broke this? {world.url}/circleci/pipelines/github/acme/web/{pushed['number']}"
    await world.say(said)
    await world.choose_shortcut(await world.message("who broke this?"), "Show log")
    await world.reply("The log of test")


async def _list_names(world: World, number: int) -> list[str]:
    return [*list_names(await fetch_pipeline(world, number)), f"/pipeline/{number}"]


async def _newest(world: World) -> int:
    return (await push_branch(world, "broken"))["number"]
