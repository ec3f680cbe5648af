from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import DEPLOYS, EVE, GRACE, WEB, World


async def test_the_list_says_who_made_each_rule_and_removes_them(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe kiosk --only all")
    await each_connected_world.reply("You own rule")
    await each_connected_world.say("/circle subscriptions", as_=GRACE)
    reply = await each_connected_world.reply("1 rule of this channel", as_=GRACE)
    assert "owned by <@U0ADA>" in get_text(reply)
    await each_connected_world.connect(GRACE)
    await each_connected_world.pick(reply, "Remove", as_=GRACE)
    await each_connected_world.message("Removed rule", as_=GRACE)


async def test_a_github_app_project_is_called_by_its_name_for_those_who_see_it(connected_world: World) -> None:
    await connected_world.say("/circle subscribe kiosk")
    await connected_world.message("*Acme/kiosk*, every branch")
    await connected_world.say("/circle rules")
    await connected_world.reply("*Acme/kiosk*, every branch")


async def test_a_channel_without_rules_says_how_to_make_one(socket_world: World) -> None:
    await socket_world.say("/circle subscriptions")
    await socket_world.reply("This channel gets no messages")


async def test_where_a_channel_is_muted_its_next_rule_says_that_it_is_not_heard(connected_world: World) -> None:
    await connected_world.say("/circle mute 2h")
    await connected_world.message("muted this channel until")
    await connected_world.say("/circle subscriptions")
    empty = await connected_world.reply("This channel gets no messages")
    await connected_world.say("/circle subscribe gh/acme/web")
    made = await connected_world.reply("You own rule 1")
    for reply in (empty, made):
        assert "<@U0ADA> muted this channel until" in get_text(reply)
        assert "Unmute" in get_buttons(reply)
    assert "Mute…" not in get_buttons(made)
    await connected_world.press(made, "Unmute")
    await connected_world.message("unmuted this channel")


async def test_the_list_of_the_workspace_hides_what_a_person_may_not_see(connected_world: World) -> None:
    await connected_world.connect(EVE)
    for project in ("gh/acme/secret", "gh/acme/web"):
        await connected_world.say(f"/circle subscribe {project}")
        await connected_world.reply("You own rule")
    await connected_world.say("/circle subscriptions --all", channel=WEB, as_=EVE)
    shown = get_text(await connected_world.reply("1 rule that you may see", channel=WEB, as_=EVE))
    assert f"<#{DEPLOYS}>" in shown
    assert "acme/web" in shown
    assert "secret" not in shown


async def test_an_admin_sees_the_whole_workspace_and_whose_token_pays(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    for project in ("gh/acme/web", "gh/acme"):
        await socket_world.say(f"/circle subscribe {project}", channel=WEB, as_=GRACE)
        await socket_world.reply("You own rule", channel=WEB, as_=GRACE)
    pushed = await socket_world.control("push", project="gh/acme/web", branch="broken")
    await socket_world.card("failed", number=pushed["number"], channel=WEB, as_=GRACE)

    async def told() -> str | None:
        await socket_world.say("/circle subscriptions --all")
        shown = get_text(await socket_world.reply("2 rules of this workspace"))
        return shown if "read with <@U0GRACE>'s token" in shown else None

    shown = await socket_world.wait_until(told, "the poll to be over")
    assert "now, found with <@U0GRACE>'s token" in shown
    await socket_world.say("/circle subscriptions --all", as_=EVE)
    await socket_world.reply("There are no rules that you may see", as_=EVE)


async def test_many_rules_come_a_page_at_a_time(connected_world: World) -> None:
    for number in range(17):
        await connected_world.say(f"/circle subscribe gh/acme/web --branch b{number}")
        await connected_world.reply("You own rule")
    await connected_world.say("/circle subscriptions")
    reply = await connected_world.reply("17 rules of this channel")
    assert "`b16`" not in get_text(reply)
    await connected_world.press(reply, "Next Page")
    await connected_world.message("`b16`")


async def test_quiet_hours_that_are_set_are_changed(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    await connected_world.say("/circle subscriptions")
    assert "Set Quiet Hours…" in get_text(await connected_world.reply("1 rule of this channel"))
    await connected_world.say("/circle quiet 22:00-08:00")
    await connected_world.message("changed the quiet hours of this channel")
    await connected_world.say("/circle subscriptions")
    assert "Set Quiet Hours…" not in get_text(await connected_world.reply("Change Quiet Hours…"))
