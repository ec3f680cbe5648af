"""*Approve* is shown to those who may, where this Slack can; where it cannot, all see it and no card is lost."""

from __future__ import annotations

from typing import Any

from tests.plugins.block_reader import find_button, get_buttons, get_text
from tests.plugins.voting import list_approvals, release, require
from tests.plugins.world import ADA, GRACE, World


def _list_seers(message: dict[str, Any], label: str = "Approve staging") -> list[str] | None:
    _block, element = find_button(message, lambda one: one["text"]["text"] == label)
    found: list[str] | None = element.get("visible_to_user_ids")
    return found


async def _wait_for_seers(world: World, seers: list[str] | None) -> dict[str, Any]:
    """Of the card and of what is said below it."""

    async def are_shown() -> dict[str, Any] | None:
        card = await world.card("approve-production")
        notice = await world.thread(card, "waits for approval")
        return card if _list_seers(card) == _list_seers(notice) == seers else None

    return await world.wait_until(are_shown, f"{seers} to see it")


async def test_it_follows_policy_and_the_press_is_refused_all_the_same(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"only": [ADA], "do": "decide"})
    card = await release(world)
    await _wait_for_seers(world, [ADA])
    await world.press(card, "Approve staging", as_=GRACE)
    assert "<@U0ADA>" in get_text(await world.reply("does not let you use `approve`", as_=GRACE))
    assert not await list_approvals(world)
    await world.say("/circle jobs gh/acme/web release", as_=GRACE)
    listed = await world.reply("approve-staging", as_=GRACE)
    assert "Approve staging" not in get_buttons(listed)
    assert "Decline…" in get_buttons(listed)
    await world.say("/circle policy add only <!subteam^S0DEPLOYERS|@deployers> do decide gh/acme/web")
    await world.reply("version 2 counts from now on")
    await _wait_for_seers(world, [ADA, GRACE])


async def test_where_slack_does_not_know_it_all_see_it_and_nothing_is_lost(connected_world: World) -> None:
    world = connected_world
    await world.control("buttons", hide=False)
    await require(world, {"only": [ADA], "do": "decide"})
    card = await release(world)
    assert _list_seers(card) is None
    assert "Approve production" in get_buttons(card)
    notice = await world.thread(card, "waits for approval")
    assert "Approve staging" in get_buttons(notice)
    refused = await _count_refused(world)
    await world.press(card, "Approve staging")
    await world.card("<@U0ADA> approved `approve-staging`")
    await world.thread(card, "<@U0ADA> approved `approve-staging`")
    assert await _count_refused(world) == refused


async def _count_refused(world: World) -> int:
    sent = [*await world.list_calls("chat.postMessage"), *await world.list_calls("chat.update")]
    return len([one for one in sent if not one["ok"]])
