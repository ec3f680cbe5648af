from __future__ import annotations

import pytest

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.commands.project import COMMAND
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.domain.project_feeds import Hook, TokenOwner
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.factories import WEB
from tests.plugins.world import EVE, Json, World


async def test_a_project_tells_whose_it_is_and_what_starts_it_and_starts_it(each_connected_world: World) -> None:
    await each_connected_world.say("/circle project kiosk")
    reply = await each_connected_world.reply("*Acme/kiosk*")
    shown = get_text(reply)
    for told in ("GitHub App · `acme/kiosk`", "`main`", "Pipeline definitions (2)", "`.circleci/nightly.yml`"):
        assert told in shown
    await each_connected_world.press(reply, "Trigger nightly")
    await each_connected_world.message("triggered it")
    await each_connected_world.card("*success*")
    await each_connected_world.say("/circle pipeline kiosk")
    await each_connected_world.reply("nightly")


async def test_every_button_says_a_line_that_is_understood(connected_world: World) -> None:
    for line in ("project gh/acme/web", "project kiosk", "project firmware", "orgs", "projects"):
        await connected_world.say(f"/circle {line}")
        for said in _lines(await connected_world.reply()):
            call = parse_request(Request("T", "U", said, RequestSource.BUTTON, "k", written=True), Registry(COMMANDS))
            call.command.parse(call.line)


async def test_what_its_buttons_say_is_answered(connected_world: World) -> None:
    await connected_world.say("/circle project gh/acme/web")
    lines = [said for said in _lines(await connected_world.reply("GitHub OAuth")) if not said.startswith("trigger")]
    assert {"status", "recent", "env", "project", "insights"} <= {said.split()[0] for said in lines}
    for said in lines:
        await connected_world.say(f"/circle {said}")
        assert ":warning:" not in get_text(await connected_world.reply())


async def test_the_channels_project_is_meant_when_none_is_named(connected_world: World) -> None:
    await connected_world.say("/circle project")
    await connected_world.reply("Which project?")
    await connected_world.say("/circle use bb/acme/legacy")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle project")
    shown = get_text(await connected_world.reply("the default project here"))
    assert "Bitbucket Cloud · <https://bitbucket.org/acme/legacy|bitbucket.org/acme/legacy>" in shown


async def test_a_project_says_how_its_webhook_stands_and_what_to_do(socket_world: World) -> None:
    store, now = socket_world.app.core.store, socket_world.app.core.clock.now()
    await socket_world.connect()
    await socket_world.say("/circle project gh/acme/web")
    assert "The person who runs circlebot sets PUBLIC_URL" in get_text(await socket_world.reply("No webhook of ours"))
    async with store.begin() as tx:
        await tx.hooks.upsert(Hook(WEB, "k", "id", "h", "https://bot/x?hook=k", "T0SANDBOX", "U0ADA", now))
        await tx.hooks.mark_heard("k", now)
    await socket_world.say("/circle project gh/acme/web")
    await socket_world.reply("<@U0ADA> installed our webhook. It is healthy")


async def test_a_project_says_how_much_is_asked_of_the_token_that_reads_it(socket_world: World) -> None:
    store, now = socket_world.app.core.store, socket_world.app.core.clock.now()
    await socket_world.connect()
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, now)
        await tx.polled_projects.mark_read_by(WEB, TokenOwner("T0SANDBOX", "U0GRACE"))
        await tx.token_usage.add(TokenOwner("T0SANDBOX", "U0GRACE"), 4500, None, now=now)
    await socket_world.say("/circle project gh/acme/web")
    shown = get_text(await socket_world.reply("GitHub OAuth"))
    assert "I poll it with the token of <@U0GRACE>: 4,500 requests in the last hour of 5,000" in shown
    assert "With a webhook I would ask CircleCI less often." in shown


async def test_a_gitlab_project_is_told_from_others(connected_world: World) -> None:
    await connected_world.say("/circle project firmware")
    shown = get_text(await connected_world.reply("*Acme-Labs/firmware*"))
    assert "*Code*\nGitLab" in shown
    assert "triggers no GitLab projects" in shown


async def test_a_server_shows_a_project_without_definitions(socket_world: World) -> None:
    await socket_world.control("server", on=True)
    await socket_world.connect()
    await socket_world.say("/circle project gh/acme/web")
    assert "Pipeline definitions" not in get_text(await socket_world.reply("GitHub OAuth"))


async def test_a_hidden_project_looks_as_if_it_did_not_exist(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle project gh/acme/secret", as_=EVE)
    await socket_world.reply("CircleCI does not know `acme/secret`, or hides it from you", as_=EVE)


def test_two_projects_are_one_too_many() -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, "web api")


def _lines(message: Json) -> list[str]:
    """What the buttons and menus of a message say."""
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    accessories = [block["accessory"] for block in message["blocks"] if block.get("accessory")]
    parts = [part for element in (*elements, *accessories) for part in (element, *element.get("options", ()))]
    return [str(part["value"]) for part in parts if part.get("value")]
