from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def _push(world: World, subject: str, like: str) -> int:
    pushed = await world.control("push", project="gh/acme/web", branch="topic", like=like, subject=subject)
    number: int = pushed["number"]
    await _wait_for_end(world, number)
    return number


async def _wait_for_end(world: World, number: int) -> None:
    async def ended() -> bool | None:
        found = next(one for one in await world.list_pipelines() if one["number"] == number)
        return (found["workflows"] and all(run["stopped_at"] for run in found["workflows"])) or None

    await world.wait_until(ended, f"#{number} to end")


async def test_a_failure_is_compared_with_the_last_green_run_of_its_branch(each_connected_world: World) -> None:
    green = await _push(each_connected_world, "All is well", "main")
    await _push(each_connected_world, "Round <down> & up", "broken")
    await each_connected_world.say("/circle trigger gh/acme/web --branch topic replicas=5")
    card = await each_connected_world.card("*failed*")
    await each_connected_world.pick(
        await each_connected_world.thread(card, "failed test"), "Compare with the last green run"
    )
    reply = await each_connected_world.reply("the last green")
    shown = get_text(reply)
    assert f"#{green}" in shown
    assert "Round &lt;down&gt; &amp; up" in shown
    assert "All is well" not in shown
    assert "`replicas`: `2` → `5`" in shown
    assert "`test`: `success` → `failed`" in shown
    assert "`lint`" not in shown
    urls = [element.get("url", "") for block in reply["blocks"] for element in block.get("elements", [])]
    (page,) = [url for url in urls if "compare" in url]
    assert page.startswith("https://github.com/acme/web/compare/")


async def test_a_branch_that_never_was_green_says_so(connected_world: World) -> None:
    await _push(connected_world, "Red", "broken")
    await connected_world.say("/circle compare gh/acme/web build-and-test")
    await connected_world.reply("was not green on `topic`")


async def test_a_rerun_is_compared_with_the_run_before_it_in_its_own_pipeline(connected_world: World) -> None:
    await _push(connected_world, "All is well", "main")
    run = next(
        run for run in (await connected_world.list_pipelines())[0]["workflows"] if run["name"] == "build-and-test"
    )
    await connected_world.control("rerun", workflow_id=run["id"])
    await connected_world.say("/circle compare gh/acme/web build-and-test")
    await connected_world.reply("It is the same pipeline")


async def test_two_branches_or_two_numbers_are_compared_by_their_newest_pipelines(each_connected_world: World) -> None:
    world = each_connected_world
    await world.say("/circle use gh/acme/web")
    await world.message("made `acme/web` this channel's default project")
    red = await world.control("push", project="gh/acme/web", branch="broken")
    await _wait_for_end(world, red["number"])
    for said in (
        "compare main broken",
        "compare web main broken",
        "compare gh/acme/web main broken build-and-test",
        "compare main with broken",
    ):
        await world.say(f"/circle {said}")
        shown = get_text(await world.reply(f"|#{red['number']}> on `broken` (failed) against"))
        assert "on `main` (success)" in shown
        assert "`test`: `success` → `failed`" in shown
        assert "last green" not in shown
    await world.say(f"/circle compare {red['number']} {red['number'] - 1}")
    await world.reply(f"#{red['number'] - 1} against #{red['number']}")
    await world.say("/circle compare main broken nightly")
    await world.reply("did not both run `nightly`")
