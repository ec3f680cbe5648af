"""`/circle me --export` and `--erase`: a person sees what is kept about them, and takes it away."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import select

from bot.store.tables.personal import BY_TABLE
from bot.store.tables.schema import metadata
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, GRACE, Json, World

TEAM = "T0SANDBOX"


async def _fill(world: World) -> None:
    """Ada has rules, a login, a language, a mute, a card, a look into a failure, and a run in her name."""
    await world.connect(as_=GRACE)
    for line, says in (
        (f"/circle subscribe gh/acme/web --only failed --mention <@{ADA}>", "subscribed this channel"),
        ("/circle mute gh/acme/web 2h", "muted"),
        ("/circle trigger gh/acme/web --branch main", "#"),
    ):
        await world.say(line)
        await world.message(says)
    for line, says in (("me --login octo-ada", "is yours from now on"), ("me --language en", "I answer you in")):
        await world.say(f"/circle {line}")
        await world.reply(says)


async def _erase(world: World) -> Json:
    await world.say("/circle me --erase")
    form = await world.form("*This goes*")
    await world.submit(form)
    await world.reply("I know nothing about you any more")
    return form


async def _list_rows(world: World) -> dict[str, list[dict[str, Any]]]:
    async with world.app.core.store.begin_read() as tx:
        return {
            table.name: [row._asdict() for row in await tx._connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


async def test_the_question_says_what_goes_what_stays_and_why(connected_world: World) -> None:
    await connected_world.say("/circle me --login octo-ada")
    await connected_world.reply("is yours from now on")
    await connected_world.say("/circle me --erase")
    shown = get_text(await connected_world.form("*This goes*"))
    assert "Your CircleCI token, and who you are at CircleCI" in shown
    assert "Your logins at GitHub, Bitbucket or GitLab (2)" in shown
    assert "the token at CircleCI" in shown
    async with connected_world.app.core.store.begin_read() as tx:
        assert await tx.accounts.find(TEAM, ADA)


async def test_no_row_names_who_was_erased_but_for_what_is_kept_for_a_reason(each_connected_world: World) -> None:
    world = each_connected_world
    await _fill(world)
    assert "Rules that you made" in get_text(await _erase(world))
    for name, rows in (await _list_rows(world)).items():
        if not (name in BY_TABLE and BY_TABLE[name].stays):
            assert not [row for row in rows if re.search(rf"\b{ADA}\b", str(row))], name
    rules = (await _list_rows(world))["subscriptions"]
    assert rules
    assert json.loads(rules[0]["rule"]).get("mention", []) == []


async def test_colleagues_read_that_the_owner_was_erased(connected_world: World) -> None:
    await _fill(connected_world)
    await _erase(connected_world)
    await connected_world.say("/circle subscriptions", as_=GRACE)
    shown = get_text(await connected_world.reply("rule", as_=GRACE))
    assert "owned by somebody who was erased" in shown
    assert "erased-" not in shown


async def test_the_home_of_who_was_erased_is_the_welcome(connected_world: World) -> None:
    await connected_world.open_home()
    await connected_world.home("Red now")
    await _erase(connected_world)
    await connected_world.home("Connect CircleCI")


async def test_who_comes_back_is_new_and_their_rules_are_nobodys(connected_world: World) -> None:
    await _fill(connected_world)
    await _erase(connected_world)
    await connected_world.connect()
    await connected_world.say("/circle me --edit")
    assert "None." in get_text(await connected_world.form("My rules"))


async def test_of_who_is_hardly_known_only_the_language_goes(socket_world: World) -> None:
    """Slack tells it with whatever they ask."""
    await socket_world.say("/circle me --erase")
    assert "*This goes*\n• Your language\n*This stays*" in get_text(await socket_world.form("*This goes*"))


async def test_a_file_with_everything_comes_by_direct_message(connected_world: World) -> None:
    await connected_world.say("/circle me --export")
    await connected_world.reply("as JSON")
    await connected_world.file("circlebot keeps", channel="D0ADA")


async def test_it_is_a_press_away_in_the_settings(connected_world: World) -> None:
    await connected_world.say("/circle me --edit")
    await connected_world.press(await connected_world.form("What is kept about me"), "Erase Me…")
    await connected_world.submit(await connected_world.form("*This goes*"))
    await connected_world.reply("I know nothing about you any more")
    assert await connected_world.list_modals() == [], "settings of whom nobody knows are no settings"
