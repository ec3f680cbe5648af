from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def _push(world: World, subject: str, like: str) -> int:
    pushed = await world.control("push", project="gh/acme/web", branch="topic", like=like, subject=subject)

    async def ended() -> bool | None:
        found = next(one for one in await world.list_pipelines() if one["number"] == pushed["number"])
        return (found["workflows"] and all(run["stopped_at"] for run in found["workflows"])) or None

    await world.wait_until(ended, f"#{pushed['number']} to end")
    number: int = pushed["number"]
    return number


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
