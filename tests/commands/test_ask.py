from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.voting import release, require
from tests.plugins.world import EVE, GRACE, World


async def test_who_asks_mentions_those_who_may_and_nobody_else_and_not_again_at_once(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.connect(EVE)
    await require(world, {"approvals": 1, "approvers": [GRACE, "S0DEPLOY"]})
    card = await release(world)
    await world.press(card, "Approve staging")
    refused = get_text(await world.reply("waits for the approval of others"))
    assert "Ask <@U0GRACE> or <!subteam^S0DEPLOY>." in refused
    notice = await world.thread(card, "waits for approval")
    await world.press(notice, "Ask for Approval")
    told = await world.thread(
        card, "<@U0GRACE> and <!subteam^S0DEPLOY>: <@U0ADA> asks you to approve `approve-staging`"
    )
    assert "U0EVE" not in get_text(told)
    await world.press(notice, "Ask for Approval", as_=EVE)
    await world.reply("They were asked", as_=EVE)
    await world.press(told, "Approve staging", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging`")
