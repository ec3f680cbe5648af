"""A channel that another company reads: said before a rule is made there, refused for what may never go there."""

from __future__ import annotations

from functools import partial

from bot.app.upkeep_builders import build_shared_channels
from bot.conversation import Place
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from tests.plugins.block_reader import get_text
from tests.plugins.policies import write_policy
from tests.plugins.world import DEPLOYS, GUS, World

RULE = "/circle subscribe gh/acme/web --only failed"
WARNING = "People of other companies read this channel"


async def _share(world: World) -> None:
    await world.control("slack/share", channel=DEPLOYS, user=GUS, team="T0AGENCY")


async def _count_rules(world: World) -> int:
    async with world.app.core.store.begin_read() as tx:
        return len(await tx.subscriptions.list_for_channel("T0SANDBOX", DEPLOYS))


async def test_a_typed_rule_is_made_only_after_it_was_confirmed(each_connected_world: World) -> None:
    await _share(each_connected_world)
    await each_connected_world.say(RULE)
    question = await each_connected_world.reply(WARNING)
    assert await _count_rules(each_connected_world) == 0
    await each_connected_world.press(question, "Subscribe Anyway…")
    await each_connected_world.message("subscribed this channel")
    assert await _count_rules(each_connected_world) == 1
    await each_connected_world.say("/circle subscriptions")
    await each_connected_world.reply(WARNING)


async def test_the_form_says_it_before_it_is_handed_in(connected_world: World) -> None:
    await _share(connected_world)
    await connected_world.say("/circle subscribe")
    form = await connected_world.form(WARNING)
    assert "Subscribe Anyway" in get_text(form)
    await connected_world.submit(form, project="gh/acme/web")
    await connected_world.message("subscribed this channel")


async def test_a_form_that_was_drawn_before_the_channel_was_shared_asks_when_it_is_handed_in(
    connected_world: World,
) -> None:
    await connected_world.say("/circle subscribe")
    form = await connected_world.form("Subscribe")
    await connected_world.control("slack/share", channel=DEPLOYS, user=GUS, team="T0AGENCY")
    await connected_world.wait_until(partial(is_known, connected_world), "a channel that others read")
    await connected_world.submit(form, project="gh/acme/web")
    question = await connected_world.form(WARNING)
    assert await _count_rules(connected_world) == 0
    await connected_world.submit(question)
    await connected_world.message("subscribed this channel")


async def test_where_nobody_else_reads_nothing_is_asked(connected_world: World) -> None:
    await connected_world.say(RULE)
    await connected_world.message("subscribed this channel")


async def test_what_may_never_go_there_is_refused(connected_world: World) -> None:
    await connected_world.say("/circle project gh/acme/web --mark never-external")
    await connected_world.reply("is marked `never-external`")
    await _share(connected_world)
    await connected_world.say(RULE)
    await connected_world.reply("nothing of it goes to channels that people of other companies read")
    assert await _count_rules(connected_world) == 0
    wait = PolicyLine(Effect.REQUIRE, ("everybody",), PolicyScope(act="start"), Demands(approvals=1))
    await write_policy(connected_world.app.core.store, wait)
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.reply("nothing of it goes to channels that people of other companies read")


async def test_a_rule_that_stood_before_is_held_back(connected_world: World) -> None:
    """Not what was asked for by name, nor what a rule wants."""
    await connected_world.say(RULE)
    await connected_world.message("subscribed this channel")
    await connected_world.say("/circle project gh/acme/web --mark never-external")
    await connected_world.reply("is marked `never-external`")
    await _share(connected_world)
    pushed = await connected_world.control("push", project="gh/acme/web", branch="topic", like="broken")

    async def is_withheld() -> bool | None:
        async with connected_world.app.core.store.begin_read() as tx:
            cards = list(await tx.undelivered.list_all(connected_world.app.core.clock.now()))
        return bool(cards) or None

    await connected_world.wait_until(is_withheld, "a card that is held back")
    shown = [get_text(one) for one in await connected_world.list_messages()]
    assert not [one for one in shown if f"#{pushed['number']}" in one]


async def _count_told(world: World) -> int:
    messages = [get_text(one) for one in await world.list_messages("D0ADA")]
    return len([one for one in messages if "People of other companies read" in one])


async def test_who_has_rules_in_a_channel_that_is_shared_later_is_told_at_once_and_again_when_it_is_anew(
    connected_world: World,
) -> None:
    await connected_world.say(RULE)
    await connected_world.message("subscribed this channel")
    await _share(connected_world)
    told = await connected_world.message("People of other companies read", channel="D0ADA")
    assert "Remove Rule 1" in get_text(told)
    await _share(connected_world)
    await build_shared_channels(connected_world.app.core).run(connected_world.app.core.clock.now())
    await connected_world.control("slack/share", channel=DEPLOYS, team="T0AGENCY")
    await connected_world.wait_until(partial(_is_forgotten, connected_world), "a channel that nobody else reads")
    assert await _count_told(connected_world) == 1
    await _share(connected_world)

    async def is_told_again() -> bool | None:
        return await _count_told(connected_world) == 2 or None

    await connected_world.wait_until(is_told_again, "a second message")


async def is_known(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return bool(await tx.shared_channels.list_all()) or None


async def _is_forgotten(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return not await tx.shared_channels.list_all() or None


async def test_what_slack_did_not_say_is_found_within_the_hour_and_a_confirmed_one_is_not_told(
    connected_world: World,
) -> None:
    core = connected_world.app.core
    await connected_world.control("slack/share", channel=DEPLOYS, user=GUS, team="T0AGENCY", silent=True)
    await connected_world.say(RULE)
    await connected_world.press(await connected_world.reply(WARNING), "Subscribe Anyway…")
    await connected_world.message("subscribed this channel")
    await build_shared_channels(core).run(core.clock.now())
    async with core.store.begin_read() as tx:
        assert await tx.shared_channels.list_all() == [Place("T0SANDBOX", DEPLOYS)]
        assert await tx.undelivered.list_all(core.clock.now()) == []
