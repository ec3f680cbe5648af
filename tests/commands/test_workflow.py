from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def test_a_workflow_shows_its_jobs_failures_first_with_their_durations(world: World) -> None:
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch broken")
    await world.card("*failed*")
    await world.say("/circle workflow gh/acme/web build-and-test")
    reply = await world.reply("build-and-test")
    (jobs,) = [get_text(block) for block in reply["blocks"] if "lint" in get_text(block)]
    lines = jobs.splitlines()
    assert "|test> — failed · 7s" in lines[0]
    assert "|lint> — success · 3s" in lines[1]
    assert "Rerun from failed" in get_text(reply)


async def test_of_several_workflows_one_is_chosen(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle workflow gh/acme/web 28")
    asked = await socket_world.reply("*2 workflows* of")
    await socket_world.press(asked, "deploy-preview (success)")
    await socket_world.message("preview")


async def test_the_one_of_fifty_that_failed_stands_first_and_any_other_is_two_presses_away(world: World) -> None:
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch mono")
    card = await world.card("*failed*")
    shown = get_text(card)
    assert shown.index("service-37") < shown.index("service-01")
    assert "…and 40 more" in shown
    await world.press(card, "All 50 workflows")
    await world.pick(await world.reply("*50 workflows* of"), "service-50 (success)")
    await world.message("service-50: success")
    await world.press(card, "Rerun from failed")
    await world.card("Rerun from failed (`service-37`)")


async def test_every_hold_that_waits_is_two_presses_away(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch odd")
    await socket_world.press(await socket_world.card("All 7 holds"), "All 7 holds")
    await socket_world.press(await socket_world.reply("*7 holds* of"), "--force of odd")
    await socket_world.card("Approved `--force`")


async def test_an_old_workflow_says_that_its_jobs_are_gone(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle workflow gh/acme/web 1 build-and-test")
    await socket_world.reply("does not show the jobs of this workflow any more")


async def test_a_link_to_a_workflow_is_enough(socket_world: World) -> None:
    await socket_world.connect()
    workflow = (await socket_world.fetch_state("circleci"))["circleci"]["pipelines"][0]["workflows"][0]
    await socket_world.say(f"/circle workflow {socket_world.url}/circleci/pipelines/workflows/{workflow['id']}")
    await socket_world.reply(workflow["name"])


async def test_a_pipeline_without_workflows_says_so(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch bad-config")
    await socket_world.card("install-deps")
    await socket_world.say("/circle workflow gh/acme/web")
    await socket_world.reply("has no workflows (yet)")
