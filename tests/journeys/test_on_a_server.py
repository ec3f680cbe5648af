"""CircleCI Server: no route that it lacks is needed, and what it lacks is said in a sentence."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import find_field, get_text
from tests.plugins.world import Json, World

OPTIONAL = "/pipeline-definitions"
"""The one route that is asked for and may be missing."""

OWN_ACCOUNT = "gh/ada"
"""An organisation in which nothing is built, in the cloud as on a Server."""


@pytest.mark.parametrize("project", ["gh/acme/web", "bb/acme/legacy"])
async def test_the_story_goes_on_a_server_as_in_the_cloud(socket_world: World, project: str) -> None:
    await socket_world.control("server", on=True)
    await socket_world.connect()
    await socket_world.say(f"/circle use {project}")
    await socket_world.reply("from now on, where they name none")
    await socket_world.say("/circle trigger --branch broken")
    await socket_world.card("triggered it")
    card = await socket_world.card("*failed*")
    await socket_world.thread(card, "2 failed tests")
    await socket_world.pick(card, "Rerun from failed")
    for line, told in _READING.items():
        await socket_world.say(f"/circle {line}")
        await socket_world.reply(told)
    await socket_world.say("/circle subscribe")
    await socket_world.form("Show More Options…")
    refused = [call for call in await _calls(socket_world) if call["status"] >= 400]
    unexpected = [call for call in refused if not call["path"].endswith(OPTIONAL)]
    assert [call for call in unexpected if call["query"].get("org-slug") != OWN_ACCOUNT] == []


_READING = {
    "status": "the newest pipeline of each branch",
    "recent": "Recent pipelines of",
    "recent --org": "Recent pipelines of all of",
    "pipeline": "on `broken`",
    "values": "pipeline.number",
    "orgs": "Your organisations",
    "projects": "Your projects",
    "whoami": "You are",
}


async def test_the_form_of_a_server_asks_for_no_definition(socket_world: World) -> None:
    await socket_world.control("server", on=True)
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web")
    form = await socket_world.form("image-tag")
    assert "Pipeline definition" not in get_text(form)
    assert find_field(form, "branch")
    await socket_world.submit(form)
    await socket_world.done("Started")


async def test_what_a_server_lacks_is_said_in_a_sentence(socket_world: World) -> None:
    await socket_world.control("server", on=True)
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch main --definition build")
    await socket_world.reply("has no pipeline definitions (a Server has none).\n• Leave `--definition` out")
    await socket_world.say("/circle trigger kiosk --branch main")
    await socket_world.reply("Without them its API triggers no `circleci/…` project: push a commit instead.")
    assert [call for call in await _calls(socket_world) if call["method"] == "POST"] == []


async def _calls(world: World) -> list[Json]:
    found: list[Json] = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return found
