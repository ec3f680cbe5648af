"""What whoever owns circlebot looks after: typed, and in their App Home; nobody else sees any of it."""

from __future__ import annotations

from datetime import timedelta

from bot.command import Request, RequestSource
from bot.domain.people import Account, AccountState
from bot.messages import Message
from bot.rules.rule_problem import ProblemKind, ProblemReason, RuleProblem
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import ADA, EVE, GRACE, Json, World


async def test_an_admin_sees_the_workspace_as_a_whole_and_nobody_else_does(each_connected_world: World) -> None:
    world = each_connected_world
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    await world.say("/circle undelivered", as_=GRACE)
    await world.reply("Only a circlebot admin may do that", as_=GRACE)
    await world.say("/circle admin")
    shown = await world.reply("Administration")
    told = get_text(shown)
    assert "1 person is connected." in told
    assert "1 rule." in told
    assert "Everything was said, or comes by itself." in told
    assert "undelivered" in told
    assert "process listens to Slack" in told or "processes listen to Slack" in told
    await world.say("/circle admin", as_=GRACE)
    await world.reply("Only a circlebot admin may do that", as_=GRACE)


async def test_each_row_leads_to_its_page_and_back(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    for label, says in (
        ("Show People", "People who are connected"),
        ("Show Rules", "Who answers for them: <@U0ADA> (1)."),
        ("Show Webhooks", "There is none."),
        ("Show Requests", "Requests to CircleCI in the last hour"),
    ):
        await world.say("/circle admin")
        await world.press(await world.reply("Ask the Doctor"), label)
        page = await world.message(says)
        assert "Show Administration" in get_buttons(page), label


async def test_another_workspaces_people_are_not_told_of(socket_world: World) -> None:
    world = socket_world
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        for workspace, user in (("T0OTHER", "U0THEIRS"), ("T0SANDBOX", "U0OURS")):
            account = Account(workspace, user, "id", "login", "name", AccountState.EXPIRED, now, "token")
            await tx.accounts.upsert(account)
    await world.say("/circle admin people")
    told = get_text(await world.reply("People who are connected"))
    assert "U0OURS" in told
    assert "U0THEIRS" not in told


async def test_whoever_has_to_connect_again_is_asked_to_once_a_day(socket_world: World) -> None:
    world = socket_world
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        for user, state, ends_in in ((GRACE, "active", 3), (EVE, "expired", None), (ADA, "active", 60)):
            ends_at = now + timedelta(days=ends_in) if ends_in else None
            account = Account("T0SANDBOX", user, user, user, user, AccountState(state), now, "t", "write", ends_at)
            await tx.accounts.upsert(account)
    await world.say("/circle admin")
    shown = await world.reply("Administration")
    assert ":warning: 1 person has to connect again." in get_text(shown)
    assert "The connection of 1 person ends within a week." in get_text(shown)
    await world.press(shown, "Show People")
    people = await world.message("People who are connected")
    assert get_buttons(people).count("Ask to Connect Again") == 2
    await world.press(people, "Ask to Connect Again")
    assert "CircleCI no longer accepts your token" in get_text(
        await world.message("asks you to", channel="D0EVE", as_=EVE)
    )
    asked = await world.message("I ask 1 person to connect again.")
    await world.press(asked, "Ask All of Them to Connect Again")
    told = await world.message(
        "asks you to connect again: CircleCI lets me act for you until", channel="D0GRACE", as_=GRACE
    )
    assert get_buttons(told) == ["Connect Again"]
    await world.message("I ask 1 person to connect again. 1 person was asked today already.")
    assert len(await world.list_messages("D0EVE", as_=EVE)) == 1
    for line, says in (("@grace", "`--ask @ada`"), ("U0ADA", "Nobody of them has to connect again.")):
        await world.say(f"/circle admin people --ask '{line}'")
        await world.reply(says)


async def test_a_rule_whose_owner_left_is_taken_over_from_the_administration(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web", as_=GRACE)
    await world.message("subscribed this channel")
    problem = RuleProblem(1, ProblemKind.OWNER, ProblemReason.LEFT, "", world.app.core.clock.now())
    async with world.app.core.store.begin() as tx:
        await tx.rule_problems.upsert(problem)
    await world.say("/circle admin rules", channel="D0ADA")
    await world.press(await world.message("Rules by project", channel="D0ADA"), "Take Over Rule 1")
    await world.message("Rule 1 is yours now", channel="D0ADA")


async def test_what_the_doctor_finds_is_counted(socket_world: World) -> None:
    await socket_world.say("/circle admin")
    assert "I find nothing wrong with me." in get_text(await socket_world.reply("Administration"))
    await socket_world.control("faults", target="slack", match="auth.test", error="account_inactive", count=1)
    await socket_world.say("/circle admin")
    assert ":warning: 1 thing is wrong." in get_text(await socket_world.reply("Administration"))


async def _open_administration(world: World) -> Json:
    await world.open_home()
    await world.press(await world.home("Waiting for you"), "Administration")
    return await world.home("Requests to CircleCI")


async def test_an_admins_home_becomes_the_administration_and_back(each_connected_world: World) -> None:
    world = each_connected_world
    shown = await _open_administration(world)
    assert "Waiting for you" not in get_text(shown)
    await world.press(shown, "Show People")
    people = await world.form("connected")
    assert "<@U0ADA>" in get_text(people)
    await world.close(people)
    await world.press(await world.home("Requests to CircleCI"), "Show My Home")
    home = await world.home("Waiting for you")
    assert "Requests to CircleCI" not in get_text(home)


async def test_what_could_not_be_said_is_mended_from_the_home(connected_world: World) -> None:
    world = connected_world
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        await tx.outbox.insert("lost", "T0SANDBOX", "C0ARCHIVED", message=Message("Lost"), now=now)
    await world.say("/circle help")

    async def refused() -> bool | None:
        async with world.app.core.store.begin_read() as tx:
            return [one.reason for one in await tx.undelivered.list_all(now)] == ["is_archived"] or None

    await world.wait_until(refused, "Slack to refuse it")
    shown = await _open_administration(world)
    assert ":warning: 1 message could not be said." in get_text(shown)
    await world.press(shown, "Show Messages")
    await world.press(await world.form("The channel is archived."), "Retry")
    await world.form("1 message goes out as soon as possible.")


async def test_who_is_no_admin_has_no_way_there_and_a_forged_press_is_refused(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.open_home(as_=GRACE)
    hers = await world.home("Waiting for you", as_=GRACE)
    assert "Administration" not in get_buttons(hers)
    forged = Request("T0SANDBOX", GRACE, "admin", RequestSource.BUTTON, "forged", in_home=True, written=True)
    await world.app.dispatcher.dispatch(forged)
    await world.say("/circle help", as_=GRACE)
    refused = get_text(await world.home("Only a circlebot admin may do that", as_=GRACE))
    assert "Requests to CircleCI" not in refused


async def test_what_was_refused_is_told_with_who_and_what(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle doctor", as_=GRACE)
    await world.reply("Only a circlebot admin may do that", as_=GRACE)
    await world.say("/circle admin")
    shown = await world.reply("Last refusals")
    assert "<@U0GRACE>: doctor" in get_text(shown)
    await world.press(shown, "Show Refusals")
    assert "doctor" in get_text(await world.message("Record of Acts and Refusals"))
