"""Progress in a modal, where a line is replaced; and what Slack tells of a person."""

from __future__ import annotations

from pathlib import Path

from bot.app.core import Core
from bot.blocks import kit
from bot.command import Modal, Reply, Request, RequestSource, format_line
from bot.domain.people import SlackProfile
from bot.messages import Message
from bot.slack.command_acks import Acks
from bot.slack.home_notes import HomeNotes
from bot.slack.responder import SlackResponder
from bot.slack.scopes import OPTIONAL_SCOPES
from bot.slack.value_shortener import ValueShortener
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import DeliveryHarness, run_delivery_harness
from tests.plugins.world import ADA, DEPLOYS, World


def _screen(of: Core | DeliveryHarness) -> SlackResponder:
    return SlackResponder(of.clients, ValueShortener(of.store, of.clock), notes=HomeNotes(of.clock), acks=Acks())


async def test_in_a_modal_the_reply_takes_the_place_of_the_line(socket_world: World) -> None:
    await socket_world.say("/circle connect")
    view = await socket_world.form("Personal API token")
    screen = _screen(socket_world.app.core)
    request = Request("T0SANDBOX", ADA, "x", RequestSource.FORM, "key", channel=DEPLOYS, view_id=view["id"])
    await screen.show_progress(request, "Half way")
    assert "Personal API token" not in get_text(await socket_world.form("Half way"))
    await screen.show(request, Reply(Message("All there")))
    assert "Half way" not in get_text(await socket_world.form("All there"))


async def test_a_line_that_slack_refuses_stops_nothing(socket_world: World) -> None:
    screen = _screen(socket_world.app.core)
    request = Request("T0SANDBOX", ADA, "x", RequestSource.FORM, "key", channel=DEPLOYS, view_id="V0GONE")
    await screen.show_progress(request, "Half way")
    await screen.show(request, Reply(Message("All there")))
    await socket_world.reply("All there")


async def test_a_form_that_slack_refuses_is_not_waited_for_but_says_how_to_type_it(socket_world: World) -> None:
    await socket_world.say("/circle connect")
    view = await socket_world.form("Personal API token")
    request = Request("T0SANDBOX", ADA, "x", RequestSource.FORM, "key", channel=DEPLOYS, view_id=view["id"])
    said = format_line("trigger", "gh/acme/web", branch="a b")
    form = Modal("Trigger", [kit.section("x")], line=said, submit="Go")
    await socket_world.control("faults", target="slack", match="views.update", error="view_too_large")
    await _screen(socket_world.app.core).show(request, Reply(view=form))
    shown = await socket_world.form("Slack does not show this: it says `view_too_large`.")
    assert "`/circle trigger gh/acme/web '--branch=a b'`" in get_text(shown)
    assert not shown.get("submit")


async def test_an_answer_that_slack_refuses_in_a_modal_comes_as_a_message(socket_world: World) -> None:
    await socket_world.say("/circle connect")
    view = await socket_world.form("Personal API token")
    request = Request("T0SANDBOX", ADA, "x", RequestSource.FORM, "key", channel=DEPLOYS, view_id=view["id"])
    await socket_world.control("faults", target="slack", match="views.update", error="view_too_large")
    await _screen(socket_world.app.core).show(request, Reply(Message("All there")))
    await socket_world.form("The answer comes as a message")
    await socket_world.reply("All there")


async def test_a_persons_time_zone_is_known_where_it_may_be(tmp_path: Path) -> None:
    request = Request("T0SANDBOX", ADA, "quiet", RequestSource.TYPED, "key")
    stranger = Request("T0SANDBOX", "U0NOBODY", "quiet", RequestSource.TYPED, "key")
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        assert await _screen(harness).find_profile(request) == SlackProfile("Europe/Berlin")
        assert await _screen(harness).find_profile(stranger) == SlackProfile()
    async with run_delivery_harness(await create_database(tmp_path), declined=OPTIONAL_SCOPES) as harness:
        assert await _screen(harness).find_profile(request) == SlackProfile()
