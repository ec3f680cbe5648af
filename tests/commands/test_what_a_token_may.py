"""A token of CircleCI's own page may do what its owner chose there: what is known of that, and what is not."""

from __future__ import annotations

from bot.domain.project_feeds import TokenOwner
from tests.plugins.block_reader import get_text
from tests.plugins.circleci_page import allow, connect_at_page, submit
from tests.plugins.world import ADA, EVE, World

TEAM = "T0SANDBOX"


async def test_what_reads_and_cannot_write_is_said_as_what_it_may_be(socket_world: World) -> None:
    await connect_at_page(socket_world, "read")
    await socket_world.say("/circle status gh/acme/web")
    await socket_world.answer("newest pipeline of each branch")
    await socket_world.say("/circle trigger gh/acme/web --branch main image-tag=1")
    refused = await socket_world.answer("your token may only read")
    assert "Choose *Write*" in get_text(refused)
    await socket_world.press(refused, "Connect Again")
    form = await socket_world.form("You are connected as *Ada (ada)*")
    await submit(socket_world, form, await allow(socket_world, form))
    await socket_world.answer("Connected as *Ada (ada)*")
    await socket_world.say("/circle trigger gh/acme/web --branch main image-tag=1")
    await socket_world.card("running")


async def test_a_pasted_token_that_may_not_write_is_not_asked_to_choose_a_scope(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle trigger gh/acme/web --branch main image-tag=1", as_=EVE)
    refused = get_text(await socket_world.answer("your token may only read", as_=EVE))
    assert "Choose *Write*" not in refused


async def test_me_says_what_is_known_of_the_token_and_what_it_reads_for(socket_world: World) -> None:
    await connect_at_page(socket_world, "write")
    await socket_world.say("/circle me")
    shown = get_text(await socket_world.answer("You are *Ada (ada)* at CircleCI"))
    assert "allowed at CircleCI's page" in shown
    assert "what you chose at CircleCI's page" in shown
    assert "*It ends*" in shown
    assert "*Last used*" in shown
    assert "*It reads for*\nno rule" in shown
    await socket_world.say("/circle subscribe gh/acme/web")
    await socket_world.message("subscribed this channel")

    async def look() -> bool | None:
        async with socket_world.app.core.store.begin_read() as tx:
            return bool(await tx.coverage.list_read_with(TokenOwner(TEAM, ADA))) or None

    await socket_world.wait_until(look, "the rule's project to be read")
    await socket_world.say("/circle me")
    await socket_world.answer("*It reads for*\nrule 1 in <#C0DEPLOYS>: `acme/web`")
