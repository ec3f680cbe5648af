"""In every place what is asked for arrives where the answer says: a table of places and of what commands tell later."""

from __future__ import annotations

import pytest

from bot.conversation import DESTINATIONS, Destination, NotificationKind, PlaceKind
from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import DEPLOYS, EVE, GENERAL, PRIVATE
from tests.plugins.world import World

PAIR, TRIO, OURS, WIM = "D0PAIR", "C0TRIO", "D0ADA", "W0WIM"
PLACES = {
    OURS: PlaceKind.OWN_DM,
    DEPLOYS: PlaceKind.OPEN,
    GENERAL: PlaceKind.OPEN,
    PRIVATE: PlaceKind.CLOSED,
    PAIR: PlaceKind.OTHERS_DM,
    TRIO: PlaceKind.OTHERS_DM,
}
RULES = {"subscribe gh/acme/api": "acme/api", "mute 1h": "uted this c", "quiet 22:00-08:00": "22:00 to 08:00"}
NOT_HEARD = "none of my messages arrive here"


@pytest.fixture
async def connected(socket_world: World) -> World:
    await socket_world.control("reset", seed=False)
    await socket_world.connect()
    return socket_world


async def test_what_a_rule_would_tell_is_refused_where_it_would_not_arrive(connected: World) -> None:
    for place, where in PLACES.items():
        for line, told in RULES.items():
            await connected.say(f"/circle {line}", channel=place)
            if DESTINATIONS[where][NotificationKind.RULES] is Destination.NOWHERE:
                await connected.reply(NOT_HEARD, channel=place)
            else:
                await connected.message(told, channel=place)
    async with connected.app.core.store.begin_read() as tx:
        heard = {rule.channel for rule in await tx.subscriptions.list_for_workspace("T0SANDBOX")}
    assert heard == {OURS, DEPLOYS, GENERAL}


async def test_what_somebody_changes_is_said_aloud_where_others_read_it(connected: World) -> None:
    for place in PLACES:
        await connected.say("/circle use gh/acme/api", channel=place)
        await connected.message("default project", channel=place)
    await connected.message("<@U0ADA> made `acme/api`", channel=DEPLOYS)
    await connected.message("<@U0ADA> made `acme/api`", channel=GENERAL)
    posts = [call["args"]["channel"] for call in await connected.list_calls("chat.postMessage")]
    assert {*posts} == {DEPLOYS, GENERAL}


SAID_ONCE = {
    "use gh/acme/web": "default project",
    "subscribe gh/acme/web": "`acme/web`, every branch",
    "mute 2h": "uted this channel",
    "unmute": "nmuted this channel",
    "unsubscribe web": "emoved rule 1",
    "preset save one gh/acme/web": "preset *one*",
    "preset rm one": "emoved preset *one*",
    "use --none": "emoved this channel's default project",
    "quiet 22-8": "22:00 to 08:00",  # the last: in quiet hours an unmute says what still keeps the channel quiet
}


async def test_what_the_channel_is_told_is_not_said_once_more_to_who_did_it(connected: World) -> None:
    for line, told in SAID_ONCE.items():
        await connected.say(f"/circle {line}")
        await connected.message(told)
    await connected.say("/circle status gh/acme/api")
    await connected.reply("acme/api")
    private = [
        get_text(one["blocks"] or one["text"]) for one in await connected.list_messages() if one.get("ephemeral")
    ]
    sentences = [text.partition("\n")[0] for text in private]
    assert not [(one, told) for one in sentences for told in SAID_ONCE.values() if told in one]


async def test_what_could_not_be_said_there_is_told_to_who_did_it(connected: World) -> None:
    await connected.control("faults", target="slack", match="chat.postMessage", error="not_in_channel", count=1)
    await connected.say("/circle use gh/acme/web")
    await connected.message(f"I could not post in <#{DEPLOYS}>. Invite me there with", channel=OURS)


@pytest.mark.parametrize("place", [PAIR, TRIO, PRIVATE])
async def test_a_card_that_cannot_come_here_comes_to_our_own_direct_messages(place: str, connected: World) -> None:
    await connected.say("/circle trigger gh/acme/web --branch main", channel=place)
    told = await connected.reply("Started", channel=place)
    assert "come in our own direct messages" in get_text(told)
    assert ("/invite @circlebot" in get_text(told)) == (place == PRIVATE)
    card = await connected.card("success", channel=OURS)
    await connected.thread(card, "<@U0ADA>")


async def test_in_a_channel_to_which_it_is_invited_everything_arrives(connected: World) -> None:
    await connected.say("/circle subscribe gh/acme/api", channel=PRIVATE)
    await connected.reply(NOT_HEARD, channel=PRIVATE)
    await connected.say("/invite @circlebot", channel=PRIVATE)
    await connected.say("/circle subscribe gh/acme/api", channel=PRIVATE)
    await connected.message("<@U0ADA> subscribed this channel to", channel=PRIVATE)
    await connected.say("/circle trigger gh/acme/web --branch main", channel=PRIVATE)
    await connected.card("success", channel=PRIVATE)


@pytest.mark.parametrize("said", ["`status gh/acme/web`", "/circle status gh/acme/web", ": *status* `acme/web`"])
async def test_a_mention_is_read_however_it_is_decorated(said: str, connected: World) -> None:
    await connected.say(f"@circlebot {said}")
    await connected.reply("acme/web")


async def test_a_form_that_would_make_a_rule_nobody_hears_says_so_at_once(connected: World) -> None:
    await connected.say("/circle subscribe", channel=PAIR)
    await connected.form(NOT_HEARD)


async def test_a_form_knows_the_place_in_which_it_was_asked_for(connected: World) -> None:
    await connected.say("/circle trigger gh/acme/web", channel=PAIR)
    await connected.submit(await connected.form("Branch"), branch="main")
    await connected.answer("come in our own direct messages", channel=OURS)
    await connected.card("#", channel=OURS)


async def test_somebody_of_an_organisation_is_a_person_like_any_other(socket_world: World) -> None:
    """Their id begins with W."""
    world = socket_world
    await world.control("reset", seed=False)
    await world.say("/circle connect", as_=WIM, channel="D0WIM")
    await world.submit(await world.form("Persönliches API-Token", as_=WIM), as_=WIM, token="CCIPAT_grace")
    await world.done("Verbunden", as_=WIM)
    await world.say("/circle subscribe gh/acme/api --mention @wim", as_=WIM, channel="D0WIM")
    await world.reply("Ab jetzt", as_=WIM, channel="D0WIM")
    await world.say("/circle subscriptions --all", as_=WIM, channel=GENERAL)
    assert "#D0WIM" not in get_text(await world.reply("acme/api", as_=WIM, channel=GENERAL))
    await world.say("/circle status gh/acme/web", as_=EVE, channel=TRIO)
    await world.reply("Connect", as_=EVE, channel=TRIO)
