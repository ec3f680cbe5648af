from __future__ import annotations

from tests.plugins.reading import text_of
from tests.plugins.world import World


async def test_a_workflow_shows_its_jobs_failures_first_with_their_durations(world: World) -> None:
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch broken")
    await world.card("*failed*")
    await world.say("/circle workflow gh/acme/web build-and-test")
    reply = await world.reply("build-and-test")
    (jobs,) = [text_of(block) for block in reply["blocks"] if "lint" in text_of(block)]
    lines = jobs.splitlines()
    assert "|test> — failed · 7s" in lines[0]
    assert "|lint> — success · 3s" in lines[1]
    assert "Rerun from failed" in text_of(reply)


async def test_of_several_workflows_one_is_chosen(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle workflow gh/acme/web 28")
    asked = await socket_world.reply("has several workflows. Which one?")
    await socket_world.press(asked, "deploy-preview (success)")
    await socket_world.message("preview")


async def test_an_old_workflow_says_that_its_jobs_are_gone(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle workflow gh/acme/web 1 build-and-test")
    await socket_world.reply("does not show the jobs of this workflow any more")


async def test_a_link_to_a_workflow_is_enough(socket_world: World) -> None:
    await socket_world.connect()
    workflow = (await socket_world.state("circleci"))["circleci"]["pipelines"][0]["workflows"][0]
    await socket_world.say(f"/circle workflow {socket_world.url}/circleci/pipelines/workflows/{workflow['id']}")
    await socket_world.reply(workflow["name"])


async def test_a_pipeline_without_workflows_says_so(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch bad-config")
    await socket_world.card("install-deps")
    await socket_world.say("/circle workflow gh/acme/web")
    await socket_world.reply("has no workflows (yet)")
