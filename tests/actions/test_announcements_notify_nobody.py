"""What is announced of a rule names whom it mentions, and notifies none of them."""

from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import GRACE, World


async def test_whom_a_rule_mentions_is_not_notified_when_it_is_made_changed_or_removed(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe gh/acme/web --mention U0GRACE,U0EVE,S0OPS")
    made = await connected_world.message("subscribed this channel to `acme/web`")
    await connected_world.say("/circle subscribe --rule 1 --branch main --mention U0GRACE,U0EVE,S0OPS")
    changed = await connected_world.message("changed rule 1")
    await connected_world.say("/circle unsubscribe 1")
    removed = await connected_world.message("removed rule 1")
    for one in (made, changed, removed):
        told = get_text(one)
        assert "mentioning Grace and 2 people or groups" in told
        assert not [whom for whom in ("<@U0GRACE>", "<@U0EVE>", "<!subteam^S0OPS>") if whom in told]


async def test_whose_rule_it_is_that_follows_only_their_own_is_said_by_name(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --mine")
    told = get_text(await connected_world.message("subscribed this channel to `acme/web`"))
    assert "started by Ada" in told
