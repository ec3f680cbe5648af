from __future__ import annotations

from typing import Any

import pytest

from bot.blocks import greeting_blocks, kit
from bot.commands.connect import COMMAND
from bot.conversation import DESTINATIONS, Destination, NotificationKind, PlaceKind
from bot.domain.people import AccountState
from bot.errors import UsageError
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import ADA, GRACE, World


async def test_a_person_connects_by_a_private_form(world: World) -> None:
    await world.say("/circle connect")
    form = await world.form("Personal API token")
    assert "/settings/user/tokens" in get_text(form)
    await world.submit(form, token="CCIPAT_ada")
    await world.answer("Connected as *Ada (ada)*")
    assert get_text(form).count("/settings/user/tokens") == 1
    account = await _account(world, ADA)
    assert (account.login, account.state) == ("ada", AccountState.ACTIVE)


async def test_what_comes_next_is_offered_and_done_where_the_person_asked(world: World) -> None:
    await world.say("/circle connect")
    await world.submit(await world.form("Personal API token"), token="CCIPAT_ada")
    connected = await world.answer("Connected as")
    assert {"Trigger…", "Subscribe…"} <= set(get_text(connected).splitlines())
    await world.press(connected, "Choose This Channel's Project…")
    await world.submit(await world.form("Set Project"), project="gh/acme/web")
    await world.message("made `acme/web` this channel's default project")
    await world.press(await world.answer("from now on, where they name none"), "Subscribe…")
    form = await world.form("Show More Options…")
    assert find_field(form, "project")[1]["initial_option"]["value"] == "gh/acme/web"


@pytest.mark.parametrize(
    ("kind", "offered"),
    [(PlaceKind.OWN_DM, True), (PlaceKind.OPEN, True), (PlaceKind.OTHERS_DM, False), (PlaceKind.CLOSED, False)],
)
def test_messages_are_offered_only_where_they_arrive(kind: PlaceKind, *, offered: bool) -> None:
    is_told = DESTINATIONS[kind][NotificationKind.RULES] is not Destination.NOWHERE
    buttons = greeting_blocks.build_next_steps(in_channel=False, has_project=False, is_told=is_told)
    assert ("Subscribe…" in get_text([kit.actions(buttons)])) is offered


async def test_a_token_that_circleci_refuses_is_not_kept_and_the_form_says_so(socket_world: World) -> None:
    await socket_world.say("/circle connect")
    await socket_world.submit(await socket_world.form("Personal API token"), token="CCIPAT_expired")
    form = await socket_world.form(
        "CircleCI does not accept this token. Is all of it pasted? Copy it again, or create a new one."
    )
    assert find_field(form, "token")
    assert form["errors"] == {
        "token": "CircleCI does not accept this token. Is all of it pasted? Copy it again, or create a new one."
    }
    assert get_text(form).count("/settings/user/tokens") == 1
    assert await _account(socket_world, ADA) is None
    await socket_world.submit(form, token="CCIPAT_ada")
    await socket_world.answer("Connected as")


async def test_a_wrong_new_token_leaves_the_old_one_alone(connected_world: World) -> None:
    await connected_world.say("/circle connect")
    form = await connected_world.form("You are connected as *Ada (ada)*")
    await connected_world.submit(form, token="CCIPAT_nobody")
    await connected_world.form("does not accept this token")
    assert (await _account(connected_world, ADA)).is_active


async def test_a_new_token_replaces_the_old_one(connected_world: World) -> None:
    await connected_world.say("/circle connect")
    await connected_world.submit(await connected_world.form("A new token replaces"), token="CCIPAT_grace")
    await connected_world.answer("Connected as *Grace (grace)*")
    assert (await _account(connected_world, ADA)).login == "grace"


@pytest.mark.parametrize(
    ("token", "told"),
    [("CCIPRJ_abc_def", "belongs to a project"), ("two words", "is one word"), ("ümlaut", "is one word")],
)
async def test_what_cannot_be_a_personal_token_is_told_apart(socket_world: World, token: str, told: str) -> None:
    await socket_world.say("/circle connect")
    await socket_world.submit(await socket_world.form("Personal API token"), token=token)
    await socket_world.form(told)
    calls = (await socket_world.fetch_state("circleci.calls"))["circleci"]["calls"]
    assert calls == []


async def test_when_circleci_is_away_the_form_says_so_and_nothing_is_kept(socket_world: World) -> None:
    await socket_world.control("faults", target="circleci", match="me", status=503, count=10)
    await socket_world.say("/circle connect")
    await socket_world.submit(await socket_world.form("Personal API token"), token="CCIPAT_ada")
    await socket_world.form("CircleCI")
    form = await socket_world.form(":warning:")
    assert find_field(form, "token")
    assert await _account(socket_world, ADA) is None


async def test_a_command_that_waited_goes_on_after_connecting(world: World) -> None:
    await world.say("/circle use gh/acme/web")
    asked = await world.reply("Connect your CircleCI account first")
    await world.press(asked, "Connect CircleCI")
    await world.submit(await world.form("Personal API token"), token="CCIPAT_ada")
    await world.answer("I continue with")
    await world.message("made `acme/web` this channel's default project")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("/circle status acme/web", ["newest pipeline of each branch"]),
        ("/circle jobs acme/web 1", ["Pipeline #1"]),
        ("<@U0CIRCLEBOT> trigger acme/web", []),
    ],
)
async def test_what_asked_to_connect_gives_way_to_the_answer(world: World, asked: str, says: list[str]) -> None:
    await world.say(asked)
    await world.press(await world.reply("Connect your CircleCI account first"), "Connect CircleCI")
    await world.submit(await world.form("Personal API token"), token="CCIPAT_ada")
    await world.answer("I continue with")

    async def look() -> list[str] | None:
        shown = [get_text(one) for one in await world.list_messages() if one.get("ephemeral")]
        return shown if not any("account first" in text for text in shown) else None

    shown = await world.wait_until(look, "the answer in the place of the question")
    told = [text for text in shown if "I continue with" not in text]
    assert [one in text for one, text in zip(says, told, strict=True)] == [True] * len(says)


async def test_who_presses_a_button_of_a_channel_connects_at_once(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    await connected_world.submit(await connected_world.form("image-tag"))
    card = await connected_world.card("running")
    await connected_world.pick(card, "Artifacts", as_=GRACE)
    await connected_world.submit(
        await connected_world.form("Personal API token", as_=GRACE), as_=GRACE, token="CCIPAT_grace"
    )
    await connected_world.answer("I continue with what you pressed", as_=GRACE)


async def test_a_form_that_waited_opens_in_the_place_of_the_token_form(socket_world: World) -> None:
    await socket_world.say("/circle trigger gh/acme/web")
    form = await socket_world.form("Personal API token")
    await socket_world.submit(form, token="CCIPAT_ada")
    form = await socket_world.form("image-tag")
    assert find_field(form, "project")[1]["initial_option"]["value"] == "gh/acme/web"


async def test_a_token_typed_after_the_command_is_refused_with_the_advice_to_revoke_it(socket_world: World) -> None:
    await socket_world.say("/circle connect 0123456789abcdef0123456789abcdef01234567")
    reply = await socket_world.reply("revoke it")
    assert "0123456789abcdef" not in get_text(reply)
    assert await _account(socket_world, ADA) is None


async def test_where_no_form_can_open_a_button_is_shown(socket_world: World) -> None:
    await socket_world.say("<@U0CIRCLEBOT> connect", as_=GRACE)
    reply = await socket_world.reply("You are not connected", as_=GRACE)
    await socket_world.press(reply, "Connect CircleCI", as_=GRACE)
    await socket_world.form("Personal API token", as_=GRACE)


def test_words_after_connect_are_never_taken_for_a_token() -> None:
    with pytest.raises(UsageError, match="revoke it"):
        parse_args(COMMAND, "my-token")


async def _account(world: World, user: str) -> Any:
    async with world.app.core.store.begin_read() as tx:
        return await tx.accounts.find("T0SANDBOX", user)
