from __future__ import annotations

import pytest

from bot.commands.me import COMMAND
from bot.errors import UsageError
from tests.plugins import accented_language
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import ADA, EVE, GRACE, WEB, World


async def test_a_connected_person_sees_who_they_are_and_where(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use gh/acme/web")
    await each_connected_world.reply("from now on, where they name none")
    await each_connected_world.say("/circle me")
    shown = get_text(await each_connected_world.reply("You are *Ada (ada)* at CircleCI"))
    assert "acme" in shown
    assert "acme/web" in shown
    assert "CCIPAT" not in shown


async def test_a_stranger_is_offered_to_connect(socket_world: World) -> None:
    await socket_world.say("/circle me")
    reply = await socket_world.reply("You are not connected")
    await socket_world.press(reply, "Connect CircleCI")
    await socket_world.form("Personal API token")


async def test_a_token_revoked_meanwhile_is_noticed_and_marked(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=401)
    await connected_world.say("/circle me")
    await connected_world.reply("no longer accepts your token")
    async with connected_world.app.core.store.begin_read() as tx:
        assert (await tx.accounts.find("T0SANDBOX", ADA)).state == "expired"
    await connected_world.say("/circle me")
    reply = await connected_world.reply("a new one replaces it")
    assert reply["text"] == "CircleCI no longer accepts your token."


async def test_while_circleci_does_not_answer_logins_and_messages_can_be_changed(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=503, count=0)
    await connected_world.say("/circle me")
    reply = await connected_world.reply("`ada` — verified by your own token")
    assert "CircleCI" in get_text(reply)
    await connected_world.press(reply, "Turn Off")
    await connected_world.message("turned off: *My failures*")


async def test_the_channels_project_has_its_readable_name(connected_world: World) -> None:
    await connected_world.say("/circle use kiosk")
    await connected_world.message("made *Acme/kiosk* this channel's default project")
    await connected_world.say("/circle use")
    await connected_world.reply("*Acme/kiosk* is this channel's default project")
    await connected_world.say("/circle me")
    await connected_world.reply("*Project of this channel*\n*Acme/kiosk*")


async def test_a_connected_person_has_the_login_of_their_token_and_can_add_and_remove_others(
    each_connected_world: World,
) -> None:
    await each_connected_world.say("/circle me")
    shown = await each_connected_world.reply("*Your logins*\n`ada`")
    await each_connected_world.press(shown, "Change Settings…")
    await each_connected_world.submit(
        await each_connected_world.form("Add a login"), login="@octocat", messages="failed,approvals"
    )
    saved = get_text(await each_connected_world.answer("Saved"))
    assert "`octocat` — you say so" in saved
    assert "*Approvals wanted* on" in saved
    assert "*My recoveries* off" in saved
    await each_connected_world.say("/circle me --login ada-l")
    await each_connected_world.reply("What `ada-l` starts is yours")
    await each_connected_world.say("/circle me --forget OCTOCAT")
    await each_connected_world.reply("`OCTOCAT` is no longer one of your logins")
    await each_connected_world.say("/circle me --edit")
    left = get_text(await each_connected_world.form("Add a login"))
    assert "ada-l" in left
    assert "`octocat`" not in left


async def test_messages_are_switched_typed_and_by_button_and_taken_back(connected_world: World) -> None:
    await connected_world.say("/circle me --dm failed,recovered")
    reply = await connected_world.reply("turned on: *My recoveries*")
    assert get_buttons(reply) == ["Undo", "Change Settings…"]
    await connected_world.press(reply, "Undo")
    back = await connected_world.message("turned off: *My recoveries*")
    assert get_text(back).count("\n") == 3
    await connected_world.press(back, "Undo")
    await connected_world.message("turned on: *My recoveries*")
    await connected_world.say("/circle me --dm everything")
    await connected_world.reply("turned on: *Approvals wanted*")


async def test_a_login_that_a_token_verified_is_nobody_elses_to_take(socket_world: World) -> None:
    await socket_world.say("/circle me --login Ada", as_=EVE)
    await socket_world.reply("What `Ada` starts is yours", as_=EVE)
    await socket_world.say("/circle me --login ada", as_=GRACE, channel=WEB)
    await socket_world.reply("<@U0EVE> says that `Ada` is theirs", as_=GRACE, channel=WEB)
    await socket_world.connect()
    await socket_world.say("/circle me", as_=EVE)
    assert "`Ada`" not in get_text(await socket_world.reply("Your logins", as_=EVE))
    await socket_world.say("/circle me --login ADA", as_=EVE)
    refused = await socket_world.reply("`ada` is <@U0ADA>'s: their own CircleCI token says so", as_=EVE)
    await socket_world.press(refused, "Connect CircleCI", as_=EVE)
    await socket_world.form("Personal API token", as_=EVE)


async def test_a_refused_login_is_told_in_the_form_with_what_was_filled_in(connected_world: World) -> None:
    await connected_world.say("/circle me --edit", as_=GRACE)
    form = await connected_world.form("Add a login", as_=GRACE)
    await connected_world.submit(form, as_=GRACE, login="ada", messages="recovered")
    again = await connected_world.form("their own CircleCI token says so", as_=GRACE)
    (login,) = [block["element"] for block in again["blocks"] if block.get("block_id") == "login"]
    assert login["initial_value"] == "ada"


async def test_whoever_has_no_token_may_say_who_they_are_and_is_told_what_that_is_good_for(
    socket_world: World,
) -> None:
    await socket_world.say("/circle me --login grace-green", as_=GRACE, channel=WEB)
    told = get_text(await socket_world.reply("What `grace-green` starts is yours", as_=GRACE, channel=WEB))
    assert "You are not connected with CircleCI yet" in told
    assert "Connect CircleCI" in told


async def test_settings_are_drawn_again_after_what_was_done_from_them(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web --branch main", channel=WEB)
    await each_connected_world.reply("You own rule", channel=WEB)
    await each_connected_world.say("/circle me --edit")
    await each_connected_world.pick(await each_connected_world.form("My rules"), "Mute…")
    length = await each_connected_world.form("How long do you want to mute")
    await each_connected_world.press(length, "Mute Until Tomorrow")
    await each_connected_world.close(await each_connected_world.form("Muted"))
    settings = await each_connected_world.form("muted by <@U0ADA>")
    await each_connected_world.pick(settings, "Remove")
    await each_connected_world.close(await each_connected_world.form("Removed"))
    await each_connected_world.form("None. `/circle subscribe")


async def test_a_language_is_chosen_typed_by_menu_and_taken_back(each_connected_world: World) -> None:
    with accented_language.installed():
        await each_connected_world.say("/circle me --language slack --overview")
        shown = await each_connected_world.reply("Àš ïñ Šlàçk: Àççéñts")
        await each_connected_world.pick(shown, "English")
        chosen = await each_connected_world.message("I answer you in English now.")
        assert "*Language*\nEnglish" in get_text(chosen)
        await each_connected_world.press(chosen, "Undo")
        await each_connected_world.message("àñšwér ýöû ïñ Àççéñts ñöw")
        await each_connected_world.say("/circle me --language deutsch")
        told = await each_connected_world.reply("Ich antworte dir jetzt auf Deutsch.")
        assert get_buttons(told) == ["Rückgängig machen", "Einstellungen ändern…"]


async def test_the_form_chooses_a_language_and_its_answer_is_in_it(connected_world: World) -> None:
    with accented_language.installed():
        await connected_world.say("/circle me --edit")
        form = await connected_world.form("Làñgûàgé")
        await connected_world.submit(form, language="en")
        assert "*Language*\nEnglish" in get_text(await connected_world.answer("Saved."))


async def test_what_the_form_leaves_as_it_was_stays(connected_world: World) -> None:
    await connected_world.say("/circle me --language en")
    await connected_world.reply("I answer you in English now.")
    await connected_world.say("/circle me --edit")
    await connected_world.submit(await connected_world.form("Language"), login="octocat")
    assert "*Language*\nEnglish" in get_text(await connected_world.answer("Saved."))


@each_case(
    ("typed", "language"),
    [("de", "de"), ("de-AT", "de"), ("Deutsch", "de"), ("german", "de"), ("Englisch", "en"), ("none", "slack")],
)
def test_a_language_has_several_names(typed: str, language: str) -> None:
    assert parse_args(COMMAND, f"--language {typed}").language == language


@each_case(
    ("typed", "wrong"),
    [
        ("--login '<@U0ADA>'", "a link to somebody in the place of a name"),
        ("--login ''", "is not a login"),
        ("--login " + "x" * 101, "is not a login"),
        ("octocat", "adds a login"),
        ("--dm failed --login octocat", "One thing at a time"),
        ("--dm recoverd", "Did you mean `recovered`"),
        ("--dm none,failed", "stands alone"),
        ("--stop ''", "Say which messages"),
        ("--language klingon", "I have English and Deutsch"),
        ("--language ''", "I do not have the language"),
    ],
)
def test_what_is_typed_wrongly_is_told(typed: str, wrong: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_args(COMMAND, typed)
    assert wrong in " ".join([refused.value.message, *map(str, refused.value.next_steps)])


async def test_settings_tell_what_was_done_in_my_name_and_by_nobody_else(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle trigger gh/acme/web --branch main", as_=GRACE)
    await connected_world.card("success")
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("failed")
    number = card["text"].split("#")[1].split()[0]
    await connected_world.say("/circle me --edit")
    shown = get_text(await connected_world.form("What I did in your name"))
    assert f"Triggered · acme/web #{number}" in shown
    assert shown.count("• Triggered") == 1
