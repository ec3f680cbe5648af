from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import GRACE, World


async def test_trigger_waits_for_connect_then_its_card_follows_the_pipeline(world: World) -> None:
    await world.say("/circle trigger gh/acme/web --branch main image-tag=4.8.2")
    asked = await world.reply("Connect")
    await world.press(asked, "Connect CircleCI")
    await world.submit(await world.form("token"), token="CCIPAT_ada")
    await world.done("Connected")
    card = await world.card("success")
    assert "gh/acme/web" in get_text(card)
    assert "image-tag=4.8.2" in get_text(card)
    await world.thread(card, "ended: *success*")
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    started = [call for call in calls if call["method"] == "POST"]
    assert len(started) == 1


async def test_a_failure_tells_the_test_and_the_log_and_is_rerun_from_failed(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch flaky")
    card = await each_connected_world.card("failed")
    why = get_text(await each_connected_world.thread(card, "failed test"))
    assert "Run tests" in why
    await each_connected_world.press(card, "Rerun from Failed")
    await each_connected_world.card("success")


async def test_one_of_two_holds_is_approved_by_name(world: World) -> None:
    await world.connect(GRACE)
    await world.say("/circle trigger gh/acme/web --branch release", as_=GRACE)
    card = await world.card("Approve production")
    await world.press(card, "Approve staging", as_=GRACE)
    card = await world.card("approved")
    assert "approve-production" in get_text(card)


async def test_a_slow_pipeline_is_cancelled(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch slow")
    card = await each_connected_world.card("running")
    await each_connected_world.press(card, "Cancel Workflow")
    await each_connected_world.card("canceled")
