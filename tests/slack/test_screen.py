"""Progress in a modal, where a line is replaced; of the commands that say any, none opens one yet."""

from __future__ import annotations

from bot.command import Reply, Request, Source
from bot.domain import Message
from bot.slack.screen import Screen
from tests.plugins.reading import text_of
from tests.plugins.world import ADA, DEPLOYS, World


async def test_in_a_modal_the_reply_takes_the_place_of_the_line(socket_world: World) -> None:
    await socket_world.say("/circle connect")
    view = await socket_world.form("Personal API token")
    screen = Screen(socket_world.app.core.clients)
    request = Request("T0SANDBOX", ADA, "x", Source.FORM, "key", channel=DEPLOYS, view_id=view["id"])
    await screen.progress(request, "Half way")
    assert "Personal API token" not in text_of(await socket_world.form("Half way"))
    await screen.show(request, Reply(Message("All there")))
    assert "Half way" not in text_of(await socket_world.form("All there"))


async def test_a_line_that_slack_refuses_stops_nothing(socket_world: World) -> None:
    screen = Screen(socket_world.app.core.clients)
    request = Request("T0SANDBOX", ADA, "x", Source.FORM, "key", channel=DEPLOYS, view_id="V0GONE")
    await screen.progress(request, "Half way")
    await screen.show(request, Reply(Message("All there")))
    await socket_world.reply("All there")
