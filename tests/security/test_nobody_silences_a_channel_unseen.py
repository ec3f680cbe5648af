"""Nobody silences a channel unseen: who is not connected may not, and what anybody does is said aloud, once, with Undo.

Also from elsewhere: one's own rule is removed from a direct message, and its channel hears of it.
"""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.commands import COMMANDS
from bot.rules.policy_line import ACT_FAMILIES, LISTEN
from tests.plugins.block_reader import get_text
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, PRIVATE, World

TEAM = "T0SANDBOX"
SILENCING = (
    "unsubscribe 1",
    "quiet 00:01-00:00 --weekends",
    "mute 2h",
    "unmute",
    "use gh/acme/web",
    "use --none",
    "subscribe --takeover 1",
    "undo 1",
)


def test_whatever_changes_what_a_channel_hears_is_of_one_family() -> None:
    """A new command of this group either shows something or is listed."""
    shows = {"subscriptions", "why"}
    group = {command.name for command in COMMANDS if command.group.name == "RULES"}
    assert group - shows <= set(ACT_FAMILIES[LISTEN])


async def _state(world: World) -> tuple[object, ...]:
    async with world.app.core.store.begin_read() as tx:
        return (
            [rule.id for rule in await tx.subscriptions.list_for_channel(TEAM, DEPLOYS)],
            await tx.hours.find(TEAM, DEPLOYS),
            await tx.mutes.list_for_channels(TEAM, [DEPLOYS], world.app.core.clock.now()),
            await tx.channels.find_project(TEAM, DEPLOYS),
        )


@pytest.mark.parametrize("policed", [False, True])
async def test_whoever_is_not_connected_or_not_named_changes_nothing(socket_world: World, policed: bool) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    if policed:
        await world.connect(EVE)
        await write_policy(world.app.core.store, only("subscribe", ADA))
    before = await _state(world)
    refusal = "does not let you use" if policed else "Connect your CircleCI account first"
    for line in SILENCING:
        await world.say(f"/circle {line}", as_=EVE)
        await world.reply(refusal, as_=EVE)
        await world.say(f"<@U0CIRCLEBOT> {line}", as_=EVE)
        await world.reply(refusal, as_=EVE)
    await world.say("/circle quiet", as_=EVE)
    await world.reply("There are no quiet hours here", as_=EVE)
    assert await _state(world) == before


async def test_what_is_changed_is_said_aloud_and_taken_back_by_anybody_who_may(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    before = await _state(world)
    with capture_logs() as logged:
        for line, says in (
            ("subscribe gh/acme/web", "<@U0ADA> subscribed this channel to"),
            ("quiet 00:01-00:00 --weekends", "changed the quiet hours of this channel: 00:01 to 00:00 and at weekends"),
            ("use gh/acme/web", "<@U0ADA> made `acme/web` this channel's default project"),
            ("mute 2h", "<@U0ADA> muted this channel"),
        ):
            await world.say(f"/circle {line}")
            await world.press(await _aloud(world, says), "Undo", as_=GRACE)
            assert says in get_text(await _aloud(world, f"{says}", ending="_<@U0GRACE> undid it._"))
            await world.message(f"<@U0GRACE> undid your change in <#{DEPLOYS}>", channel="D0ADA")

        async def look() -> set[str] | None:
            """What is said is logged when Slack has taken it, which may be after it is read."""
            acts = {one["act"] for one in logged if one["event"] == "channel.changed"}
            return acts if "undo mute" in acts else None

        acts = await world.wait_until(look, "the last act to be logged")
    assert acts == {"subscribe 1", "undo subscribe", "quiet", "undo quiet", "use", "undo use", "mute", "undo mute"}
    assert await _state(world) == before


async def test_ones_own_rule_is_removed_from_elsewhere_and_its_channel_hears_of_it(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle subscribe gh/acme/web --branch main")
    await _aloud(world, "subscribed this channel to")
    await world.say("/circle subscribe --rule 1 --only recovered", channel="D0ADA")
    await _aloud(world, "<@U0ADA> changed rule 1")
    await world.say("/circle unsubscribe 1", channel="D0ADA")
    removed = await _aloud(world, "<@U0ADA> removed rule 1")
    await world.press(removed, "Undo")
    await _aloud(world, "<@U0ADA> removed rule 1", ending="_<@U0ADA> undid it._")
    async with world.app.core.store.begin_read() as tx:
        [again] = await tx.subscriptions.list_for_channel(TEAM, DEPLOYS)
    assert (again.id, again.rule.branch, again.made_by) == (1, ("main",), ADA)
    told = [one for one in await world.list_messages() if not one.get("ephemeral") and "<@U0ADA>" in get_text(one)]
    assert len(told) == 3, "each once"


async def test_where_the_bot_is_no_member_the_change_holds_all_the_same(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle use gh/acme/web", channel=PRIVATE)
    await world.reply("is now this channel's default project", channel=PRIVATE)
    await world.say("/circle status", channel=PRIVATE)
    await world.reply("acme/web", channel=PRIVATE)


async def test_ones_own_direct_messages_are_ones_own(socket_world: World) -> None:
    await socket_world.say("quiet 22-8", as_=EVE, channel="D0EVE")
    await socket_world.message("Quiet hours here from now on: 22:00 to 08:00", as_=EVE, channel="D0EVE")


async def _aloud(world: World, says: str, *, ending: str = "") -> dict[str, object]:
    """A message for everybody."""

    async def look() -> dict[str, object] | None:
        found = [one for one in await world.list_messages() if not one.get("ephemeral") and says in get_text(one)]
        return found[-1] if found and ending in get_text(found[-1]) else None

    return await world.wait_until(look, f"said aloud: {says!r}")
