from __future__ import annotations

from bot.commands import COMMANDS
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, EVE, GRACE, World


async def test_a_stranger_is_told_what_this_is_and_can_connect(world: World) -> None:
    await _open(world)
    home = await world.home("Welcome to circlebot")
    assert "First steps" in get_text(home)
    await world.press(home, "Show More")
    await world.message("`/circle webhooks`", channel="D0ADA")
    await world.press(home, "Connect CircleCI")
    await world.submit(await world.form("Personal API token"), token="CCIPAT_ada")
    await world.form("Connected as")
    await _open(world)
    await world.home("*Ada (ada)*")


async def test_a_connected_person_sees_pipelines_holds_rules_and_commands(
    connected_world: World, valid_blocks: Check
) -> None:
    await connected_world.say("/circle subscribe kiosk")
    await connected_world.reply("This channel gets messages")
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    await _open(connected_world)
    home = await connected_world.home("Waiting for approval")
    shown = get_text(home)
    assert "gh/acme/web #" in shown
    assert "*Acme/kiosk*, every branch" in shown
    assert all(command.task in shown for command in COMMANDS)
    valid_blocks(
        [{key: value for key, value in block.items() if key != "block_id"} for block in home["blocks"]], "home"
    )
    await connected_world.press(home, "Approve staging")
    await connected_world.card("Approved `approve-staging` by <@U0ADA>")


async def test_nobody_is_offered_holds_of_projects_that_they_cannot_see(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle trigger gh/acme/api --branch release")
    await connected_world.card("approve-staging")
    await _open(connected_world, EVE)
    home = await connected_world.home("*Eve (eve)*", as_=EVE)
    assert "Waiting for approval" not in get_text(home)


async def test_a_rule_of_mine_is_removed_from_the_home(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say("/circle subscribe web", as_=GRACE)
    await socket_world.reply("This channel gets messages", as_=GRACE)
    await _open(socket_world, GRACE)
    await socket_world.press(await socket_world.home("`gh/acme/web`", as_=GRACE), "Remove", as_=GRACE)
    await socket_world.message("Removed rule", channel="D0GRACE", as_=GRACE)


async def test_a_rule_of_mine_is_changed_from_the_home(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say("/circle subscribe web", as_=GRACE)
    await socket_world.reply("This channel gets messages", as_=GRACE)
    await _open(socket_world, GRACE)
    await socket_world.press(await socket_world.home("`gh/acme/web`", as_=GRACE), "Change…", as_=GRACE)
    await socket_world.submit(await socket_world.form("Not branches", as_=GRACE), as_=GRACE, branch="main")
    await socket_world.form(says="branch `main`", as_=GRACE)


async def test_a_switch_for_messages_turns_in_the_home_itself(connected_world: World) -> None:
    await _open(connected_world)
    home = await connected_world.home("*My failures* on")
    assert "`ada` — verified by your own token" in get_text(home)
    await connected_world.press(home, "Turn Off")
    await connected_world.home("*My failures* off")


async def test_when_circleci_is_away_the_home_says_so_and_shows_what_we_know(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=400, count=10)
    await _open(connected_world)
    home = await connected_world.home(":warning:")
    assert "My rules" in get_text(home)


async def test_a_revoked_token_brings_the_welcome_back(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=401, count=10)
    await _open(connected_world)
    await connected_world.home("a new one replaces it")
    async with connected_world.app.core.store.begin_read() as tx:
        account = await tx.accounts.find("T0SANDBOX", ADA)
    assert account is not None
    assert account.state == "expired"


async def _open(world: World, as_: str = ADA) -> None:
    await world._post_action("home", as_, tab="home")
