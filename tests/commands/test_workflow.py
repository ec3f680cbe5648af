from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def test_a_workflow_shows_its_jobs_failures_first_with_their_durations(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch broken")
    await each_connected_world.card("*failed*")
    await each_connected_world.say("/circle workflow gh/acme/web build-and-test")
    reply = await each_connected_world.reply("build-and-test")
    (jobs,) = [get_text(block) for block in reply["blocks"] if "lint" in get_text(block)]
    lines = jobs.splitlines()
    assert "|test> — failed · 7s" in lines[0]
    assert "|lint> — success · 3s" in lines[1]
    assert "Rerun from Failed" in get_text(reply)


async def test_of_several_workflows_one_is_chosen(connected_world: World) -> None:
    await connected_world.say("/circle workflow gh/acme/web 28")
    asked = await connected_world.reply("*2 workflows* of")
    await connected_world.press(asked, "deploy-preview (success)")
    await connected_world.message("preview")


async def test_the_one_of_fifty_that_failed_stands_first_and_any_other_is_two_presses_away(
    each_connected_world: World,
) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch mono")
    card = await each_connected_world.card("*failed*")
    told = [block["text"]["text"] for block in card["blocks"] if block["type"] == "section"]
    assert "|service-37>" in told[1].split("\n")[0]
    assert told[1].endswith("\n…and 49 passed")
    await each_connected_world.pick(card, "All 50 workflows")
    await each_connected_world.pick(await each_connected_world.reply("*50 workflows* of"), "service-50 (success)")
    await each_connected_world.message("service-50: success")
    await each_connected_world.press(card, "Rerun from Failed")
    await each_connected_world.card("reran `service-37` from failed")


async def test_every_hold_that_waits_is_two_presses_away(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch odd")
    await connected_world.press(await connected_world.card("Show All 7 Holds"), "Show All 7 Holds")
    await connected_world.press(await connected_world.reply("*7 holds* of"), "--force of odd")
    await connected_world.card("approved `--force`")


async def test_an_old_workflow_says_that_its_jobs_are_gone(connected_world: World) -> None:
    await connected_world.say("/circle workflow gh/acme/web 1 build-and-test")
    await connected_world.reply("no longer shows the jobs of this workflow")


async def test_a_link_to_a_workflow_is_enough(connected_world: World) -> None:
    workflow = (await connected_world.fetch_state("circleci.pipelines"))["circleci"]["pipelines"][0]["workflows"][0]
    await connected_world.say(f"/circle workflow {connected_world.url}/circleci/pipelines/workflows/{workflow['id']}")
    await connected_world.reply(workflow["name"])


async def test_a_pipeline_without_workflows_says_so(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch bad-config")
    await connected_world.card("install-deps")
    await connected_world.say("/circle workflow gh/acme/web")
    await connected_world.reply("has no workflows (yet)")
