from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain import ProjectSlug
from tests.plugins import accented_language
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, World
from tests.store.test_running_deploys import deploy


async def test_a_newcomer_is_led_by_three_steps_from_connecting_to_the_first_pipeline(world: World) -> None:
    await _open(world)
    home = await world.home("*1. Connect your CircleCI account*")
    assert "Settings" not in get_text(home)
    await world.press(home, "Connect CircleCI")
    await world.submit(await world.form("Personal API token"), token="CCIPAT_ada")
    await world.done("Connected as")
    home = await world.home(":white_check_mark: *1. Connected as Ada (ada)*")
    assert "Connected as *Ada (ada)*" in get_text(home)
    await world.press(home, "Choose Project…")
    await world.submit(await world.form("Set Project"), channel=DEPLOYS, project="gh/acme/web")
    await world.done(":pushpin:")
    await world.message(":pushpin: <@U0ADA>")
    home = await world.home(":white_check_mark: *2. A channel has its project*")
    assert f"is now the default project of <#{DEPLOYS}>" in get_text(home)
    await world.press(home, "Trigger…")
    await world.choose(await world.form("Project"), "project", "gh/acme/web")
    await world.submit(await world.form("Branch"), branch="main")
    await _wait_home(world, lambda text: "Three steps" not in text and "acme/web #" in text)
    direct = [get_text(one) for one in await world.list_messages("D0ADA")]
    assert not [said for said in direct if "Connected" in said or "default project" in said or "Started" in said]


async def test_what_opened_in_the_home_is_answered_there_however_deep(connected_world: World) -> None:
    """From its settings to a form on top of them: nothing of it comes as a direct message."""
    await _open(connected_world)
    await connected_world.press(await connected_world.home("My pipelines"), "Change Settings…")
    await connected_world.press(await connected_world.form("Disconnect"), "Replace Token…")
    await connected_world.submit(await connected_world.form("Personal API token"), token="CCIPAT_ada")
    await connected_world.home("Connected as *Ada (ada)*")
    assert await connected_world.list_messages("D0ADA") == []


async def test_a_home_changes_its_language_with_its_reader(connected_world: World) -> None:
    await _open(connected_world)
    with accented_language.installed():
        await connected_world.say("/circle me --language slack")
        await connected_world.home("Wàïtïñg för ýöû")
        await connected_world.say("/circle me --language en")
        await connected_world.home("Waiting for you")


async def test_a_connected_person_sees_what_waits_what_is_theirs_and_what_is_red(
    connected_world: World, valid_blocks: Check
) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    await _open(connected_world)
    home = await connected_world.home("Approve staging")
    shown = get_text(home)
    assert "As of" in shown
    assert (
        shown.index("Approve staging") < shown.index("Red now") < shown.index("*failing*") < shown.index("My pipelines")
    )
    valid_blocks(
        [{key: value for key, value in block.items() if key != "block_id"} for block in home["blocks"]], "home"
    )
    await connected_world.press(home, "Approve staging")
    await connected_world.card("<@U0ADA> approved `approve-staging`")
    home = await _wait_home(connected_world, lambda text: "Approve staging" not in text)
    assert "You approved `approve-staging`" in get_text(home["blocks"][1])


async def test_what_runs_where_is_known_without_asking(connected_world: World) -> None:
    world = connected_world
    now = world.app.core.clock.now()
    await world.say("/circle use gh/acme/web")
    await world.reply("from now on, where they name none")
    async with world.app.core.store.begin() as tx:
        await tx.outcomes.insert(replace(deploy("1.0.12", 0), happened_at=now), now)
        elsewhere = ProjectSlug("gh", "acme", "gone")
        await tx.outcomes.insert(replace(deploy("1.0.13", 1), project=elsewhere, happened_at=now), now)
    await _open(world)
    home = await world.home("*production* runs `1.0.12`")
    assert "1.0.13" not in get_text(home)
    await world.say("/circle now")
    reply = await world.reply("*production* runs `1.0.12`")
    assert await world.list_requests("/deploy/") == []
    await world.press(reply, "Show Deploys")
    await world.message("what runs where")


async def test_a_rule_for_approvals_makes_no_branch_one_to_worry_about(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --only on-hold")
    await connected_world.reply("You own rule")
    pushed = await connected_world.control("push", project="gh/acme/web", branch="broken")
    await connected_world.say(f"/circle pipeline gh/acme/web {pushed['number']} --card")
    await connected_world.card("failed")
    await _open(connected_world)
    home = await connected_world.home("Nothing is red on the branches that you follow.")
    assert "as after `/circle subscribe`" not in get_text(home)


async def test_red_is_what_one_follows_by_channels_that_one_uses_and_by_own_runs(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe gh/acme/web --branch broken", as_=GRACE)
    await connected_world.reply("You own rule", as_=GRACE)
    await connected_world.control("push", project="gh/acme/web", branch="broken")
    await connected_world.card("*failed*")
    await _open(connected_world)
    assert ":red_circle:" not in get_text(await connected_world.home("Red now"))
    await connected_world.say("/circle trigger gh/acme/web --branch oom")
    await connected_world.card("on `oom` — *failed*")
    await _open(connected_world)
    red = "`oom` — *failing*", "`broken` — *failing*"
    await _wait_home(connected_world, lambda text: all(one in text for one in red))


async def test_red_is_nothing_of_a_project_that_one_does_not_see(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle subscribe gh/acme/api --branch broken")
    await connected_world.reply("You own rule")
    await connected_world.control("push", project="gh/acme/api", branch="broken")
    await connected_world.card("*failed*")
    await connected_world.say("/circle trigger gh/acme/web --branch main", as_=EVE)
    await _open(connected_world, EVE)
    assert "acme/api" not in get_text(await connected_world.home("Red now", as_=EVE))


async def test_what_is_read_in_the_home_opens_there_and_not_in_the_messages(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await _open(connected_world)
    await connected_world.pick(await connected_world.home("*failed*"), "Show why it failed")
    shown = await connected_world.form("Job *")
    assert shown["title"]["text"] == "Why"
    assert not await connected_world.list_messages("D0ADA")


async def test_a_home_is_drawn_again_when_a_pipeline_moves_and_not_while_nothing_does(connected_world: World) -> None:
    await _open(connected_world)
    await connected_world.home("My pipelines")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    number = (await connected_world.card("success"))["text"].split("#")[1].split()[0]
    await connected_world.home(f"acme/web #{number}")
    await _wait_home(connected_world, lambda text: "*running*" not in text)
    tick = next(loop.tick for loop in connected_world.app.loops if loop.name == "home")
    await tick()
    asked, published = await _count_costs(connected_world)
    for _ in range(3):
        await tick()
    assert await _count_costs(connected_world) == (asked, published)


async def test_nobody_is_offered_holds_of_projects_that_they_cannot_see(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle trigger gh/acme/api --branch release")
    await connected_world.card("approve-staging")
    await _open(connected_world, EVE)
    assert "Approve staging" not in get_text(await connected_world.home("Eve (eve)", as_=EVE))


async def test_a_hold_that_a_policy_keeps_from_me_does_not_wait_for_me(connected_world: World) -> None:
    await write_policy(connected_world.app.core.store, only("approve", GRACE))
    await connected_world.connect(GRACE)
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    for user in (ADA, GRACE):
        await _open(connected_world, user)
    await connected_world.home("Approve staging", as_=GRACE)
    assert "Approve staging" not in get_text(await connected_world.home("Waiting for you"))


async def test_when_circleci_is_away_the_home_says_so_and_shows_what_we_know(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=400, count=10)
    await _open(connected_world)
    assert "Red now" in get_text(await connected_world.home(":warning:"))


async def test_a_revoked_token_brings_the_first_step_back(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=401, count=10)
    await _open(connected_world)
    await connected_world.home("*1. Connect again*")
    async with connected_world.app.core.store.begin_read() as tx:
        account = await tx.accounts.find("T0SANDBOX", ADA)
    assert account is not None
    assert account.state == "expired"


async def _count_costs(world: World) -> tuple[int, int]:
    """What CircleCI and Slack were asked for Homes so far."""
    return len(await world.list_requests("/me/collaborations")), len(await world.list_calls("views.publish"))


async def _wait_home(world: World, fits: Callable[[str], bool], as_: str = ADA) -> Any:
    async def look() -> Any:
        view = (await world.fetch_state("slack.homes"))["slack"]["homes"].get(as_)
        return view if view and fits(get_text(view)) else None

    return await world.wait_until(look, "another Home", as_=as_)


async def _open(world: World, as_: str = ADA) -> None:
    await world.open_home(as_=as_)


async def test_details_in_the_home_offer_no_card_for_a_channel_that_is_none(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("success")
    await connected_world.open_home()
    await connected_world.pick(await connected_world.home("`main` — *success*"), "Show details")
    details = await connected_world.form("Show Jobs")
    assert "Show Card Here" not in get_text(details)
