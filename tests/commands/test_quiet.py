from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import hours_blocks
from bot.commands.quiet import COMMAND
from bot.errors import UsageError
from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text, is_card
from tests.plugins.command_lines import parse_args
from tests.plugins.factories import NOW
from tests.plugins.world import DEPLOYS, GRACE, World


def around_now(zone: str) -> str:
    """Hours that hold now, by the clocks of this zone."""
    here = datetime.now(UTC).astimezone(ZoneInfo(zone))
    return f"{here - timedelta(hours=2):%H:%M}-{here + timedelta(hours=3):%H:%M}"


async def test_in_quiet_hours_nothing_new_is_posted_and_all_of_it_is_told_after(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web --only failed")
    await each_connected_world.reply("You own rule")
    await each_connected_world.say(f"/circle quiet {around_now('Europe/Berlin')}")
    await each_connected_world.message("<@U0ADA> changed the quiet hours of this channel")
    await each_connected_world.say("/circle quiet")
    shown = get_text(await each_connected_world.reply("It is quiet now, until"))
    assert "Times are those of `Europe/Berlin`" in shown, "Ada's, as Slack tells"
    pushed = await each_connected_world.control("push", project="gh/acme/web", branch="broken")

    async def kept() -> bool | None:
        async with each_connected_world.app.core.store.begin_read() as tx:
            return await tx.digest_queue.count_waiting("T0SANDBOX", DEPLOYS) == 1 or None

    await each_connected_world.wait_until(kept, "the failure to be kept")
    assert not [one for one in await each_connected_world.list_messages() if is_card(one)]
    await each_connected_world.say(f"/circle why gh/acme/web {pushed['number']} --posted")
    await each_connected_world.reply("the channel had quiet hours until")
    await each_connected_world.say("/circle quiet")
    await each_connected_world.press(
        await each_connected_world.reply("1 message waits for the digest"), "Turn Off Quiet Hours"
    )
    told = get_text(await each_connected_world.message("What happened in the quiet hours"))

    async def none_waits() -> bool | None:
        shown = map(get_text, await each_connected_world.list_messages())
        return not any("1 message waits" in text for text in shown) or None

    await each_connected_world.wait_until(none_waits, "the answer to be about no message that waits")
    assert "1 failed" in told
    assert f"#{pushed['number']}" in told
    await each_connected_world.say(f"/circle why gh/acme/web {pushed['number']} --posted")
    await each_connected_world.reply("A digest has reported it")


async def test_what_somebody_triggers_is_posted_all_the_same_with_its_end(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say(f"/circle quiet {around_now('America/New_York')}", as_=GRACE)
    await socket_world.message("changed the quiet hours", as_=GRACE)
    await socket_world.say("/circle trigger gh/acme/web --branch broken", as_=GRACE)
    await socket_world.thread(await socket_world.card("*failed*"), "failed test")


async def test_hours_are_changed_bit_by_bit(connected_world: World) -> None:
    await connected_world.say("/circle quiet")
    reply = await connected_world.reply("There are no quiet hours here")
    await connected_world.press(reply, "Keep Quiet 22:00-08:00")
    reply = await connected_world.message("Quiet hours here from now on: 22:00 to 08:00.")
    await connected_world.press(reply, "Add Weekends")
    await connected_world.message("changed the quiet hours of this channel: 22:00 to 08:00 and at weekends")
    await connected_world.say("/circle quiet --zone kolkata")
    await connected_world.message("(`Asia/Kolkata`)")
    await connected_world.say("/circle quiet")
    reply = await connected_world.reply("Times are those of `Asia/Kolkata`")
    await connected_world.press(reply, "Leave Out Weekends")
    await connected_world.message("Quiet hours here from now on: 22:00 to 08:00.")
    async with connected_world.app.core.store.begin_read() as tx:
        found = await tx.hours.find("T0SANDBOX", DEPLOYS)
    assert found == QuietHours("Asia/Kolkata", quiet_hours.parse_quiet_hours("22-8"))


@pytest.mark.parametrize("said", ["22:00", "22-8 more", "22-8 --none", "--zone Mars"])
def test_hours_that_cannot_be_meant_are_refused(said: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, said)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (QuietHours(), "From now on there are no quiet hours here."),
        (QuietHours("UTC", quiet_hours.parse_quiet_hours("22-8")), "Quiet hours here from now on: 22:00 to 08:00."),
        (QuietHours("UTC", None, weekends=True), "Quiet hours here from now on: at weekends."),
        (
            QuietHours("UTC", quiet_hours.parse_quiet_hours("0-6"), weekends=True),
            "Quiet hours here from now on: 00:00 to 06:00 and at weekends.",
        ),
    ],
)
def test_hours_read_as_a_sentence(known: QuietHours, said: str, valid_blocks: Check) -> None:
    message = hours_blocks.render(known, NOW if known.is_ever_quiet else None, 2, changed=True)
    assert message.text == f":crescent_moon: {said}"
    valid_blocks(message.blocks)
