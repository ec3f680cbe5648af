from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import WIM
from tests.plugins.world import ADA, EVE, GRACE, GUS, World


async def test_everybody_is_greeted_once_when_they_first_open_our_messages(world: World) -> None:
    for _ in range(3):
        await world._post_action("home", GRACE, tab="messages")
    greeting = await world.message("Hello <@U0GRACE>", channel="D0GRACE", as_=GRACE)
    await world._post_action("home", EVE, tab="messages")
    await world.message("Hello <@U0EVE>", channel="D0EVE", as_=EVE)
    assert len(await world.list_messages("D0GRACE", as_=GRACE)) == 1
    await world.press(greeting, "Connect CircleCI", as_=GRACE)
    await world.form("Personal API token", as_=GRACE)


async def test_what_is_read_first_is_read_in_the_language_of_ones_slack(world: World) -> None:
    await world._post_action("home", WIM, tab="messages")
    await world.message("Hallo <@W0WIM>", channel="D0WIM", as_=WIM)
    await world._post_action("home", WIM, tab="home")
    await world.home("Drei Schritte für den Anfang", as_=WIM)


async def test_who_is_connected_already_is_offered_what_comes_next(connected_world: World) -> None:
    await connected_world._post_action("home", "U0ADA", tab="messages")
    shown = get_text(await connected_world.message("Hello <@U0ADA>", channel="D0ADA"))
    assert "Connect CircleCI" not in shown
    assert "Subscribe…" in shown


async def test_who_may_not_use_us_is_not_greeted(connected_world: World) -> None:
    await connected_world._post_action("home", GUS, tab="messages")
    await connected_world._post_action("home", GRACE, tab="messages")
    await connected_world.message("Hello <@U0GRACE>", channel="D0GRACE", as_=GRACE)
    assert not await connected_world.list_messages("D0GUS", as_=GUS)


async def test_a_channel_is_greeted_once_when_we_are_added_to_it(connected_world: World) -> None:
    made = await connected_world._post_action("channel", ADA, do="create", name="new-team")
    channel = made["channel"]["id"]
    for _ in range(2):
        await connected_world._post_action("channel", ADA, do="invite_bot", channel=channel)
        greeting = await connected_world.message("I can post here what fails", channel=channel)
        await connected_world._post_action("channel", ADA, do="kick_bot", channel=channel)
    await connected_world._post_action("channel", ADA, do="invite_bot", channel=channel)
    await connected_world.press(greeting, "Subscribe…")
    await connected_world.form("Show More Options…")
    shown = [get_text(one) for one in await connected_world.list_messages(channel)]
    assert sum("I can post here what fails" in text for text in shown) == 1


async def test_a_channel_that_has_a_rule_already_is_not_greeted(connected_world: World) -> None:
    made = await connected_world._post_action("channel", ADA, do="create", name="new-team")
    channel = made["channel"]["id"]
    await connected_world.say("/circle subscribe gh/acme/web", channel=channel)
    await connected_world.message("subscribed this channel to", channel=channel)
    await connected_world._post_action("channel", ADA, do="invite_bot", channel=channel)
    await connected_world.say("<@U0CIRCLEBOT> subscriptions", channel=channel)
    await connected_world.reply("1 rule of this channel", channel=channel)
    assert not [one for one in await connected_world.list_messages(channel) if "I can post here" in get_text(one)]
