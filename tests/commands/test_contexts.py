from __future__ import annotations

import pytest

from bot.commands.contexts import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import EVE, World


async def test_contexts_of_an_organisation_and_the_names_they_hold(each_connected_world: World) -> None:
    await each_connected_world.say("/circle contexts gh/acme")
    listed = await each_connected_world.reply("*Contexts* of `gh/acme` (4)")
    await each_connected_world.press(listed, "Show Variables")
    shown = await each_connected_world.message("*Variables of the context deploy-production* (3)")
    assert "`AWS_SECRET_ACCESS_KEY`" in get_text(shown)


async def test_a_context_is_shown_by_its_name_in_the_channels_organisation(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle contexts show dockerhub")
    wrong = await connected_world.reply("`gh/acme` has no context `dockerhub`")
    await connected_world.press(wrong, "Show docker-hub")
    await connected_world.message("*Variables of the context docker-hub* (2)")
    await connected_world.say("/circle contexts show Docker-Hub")
    await connected_world.reply("`DOCKERHUB_USERNAME`")


async def test_a_project_leads_to_the_contexts_of_its_organisation(connected_world: World) -> None:
    await connected_world.say("/circle keys gh/acme/api")
    await connected_world.pick(await connected_world.reply("*Checkout keys*"), "Contexts")
    await connected_world.message("*Contexts* of `gh/acme`")
    await connected_world.say("/circle contexts show gh/acme/api empty")
    await connected_world.reply("*Variables of the context empty* (none)")


async def test_an_opaque_organisation_is_called_by_its_name(connected_world: World) -> None:
    kiosk = next(
        one
        for one in (await connected_world.fetch_state("circleci.projects"))["circleci"]["projects"]
        if one["name"] == "kiosk"
    )
    await connected_world.say(f"/circle contexts {kiosk['organization_slug']}")
    await connected_world.reply("*Contexts* of *Acme* (1)")


async def test_who_does_not_belong_to_the_organisation_is_told_so(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle contexts gh/acme", as_=EVE)
    await socket_world.reply("CircleCI does not know contexts of `gh/acme`, or hides them from you", as_=EVE)
    await socket_world.say("/circle contexts show 00000000-0000-4000-8000-000000000000", as_=EVE)
    await socket_world.reply("CircleCI does not know this context", as_=EVE)


@pytest.mark.parametrize("text", ["gh/acme a", "show gh/acme a b"])
def test_what_is_not_clear_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)
