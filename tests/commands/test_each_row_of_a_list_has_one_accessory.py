"""Lists are rows with one accessory each, and one primary button in all: what people do most is at one press.

What the lists had before (release 0.2.0, the same world): buttons in `projects` 29, in `status` 16, six of them green.
"""

from __future__ import annotations

import pytest

from tests.plugins.world import Json, World

LISTS = {
    "projects": ("Your projects", 0),
    "status gh/acme/web": ("the newest pipeline of each branch", 6),
    "recent gh/acme/web": ("Recent pipelines of", 2),
    "subscriptions": ("rules of this channel", 2),
    "env gh/acme/web": ("Environment variables", 1),
    "project --keys gh/acme/web": ("Checkout keys", 2),
    "schedules gh/acme/web": ("Schedules", 1),
    "webhooks gh/acme/web": ("Webhooks", 0),
    "jobs gh/acme/web 28 build-and-test": ("build-and-test", 3),
}
"""What each says, and how many buttons it has, whatever the number of its rows."""


@pytest.mark.parametrize("line", LISTS)
async def test_a_list_has_few_buttons_and_a_menu_in_each_row(connected_world: World, line: str) -> None:
    for rule in ("gh/acme/web", "gh/acme/api"):
        await connected_world.say(f"/circle subscribe {rule}")
        await connected_world.reply("You own rule")
    says, count = LISTS[line]
    await connected_world.say(f"/circle {line}")
    reply = await connected_world.reply(says)
    buttons = [one for one in _list_elements(reply) if one["type"] == "button"]
    assert len(buttons) <= count, [one["text"]["text"] for one in buttons]
    assert len([one for one in buttons if one.get("style")]) <= 1
    for row in reply["blocks"]:
        assert len([one for one in row.get("elements", ()) if one["type"] == "button"]) <= 4


async def test_what_is_chosen_in_the_menu_of_a_row_is_done(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle projects")
    listed = await world.reply("Your projects")
    await world.pick(listed, "Use here")
    await world.message("from now on, where they name none")
    await world.say("/circle subscribe web")
    await world.reply("You own rule")
    await world.say("/circle subscriptions")
    await world.pick(await world.reply("1 rule of this channel"), "Remove")
    await world.press(await world.message("<@U0ADA> removed rule 1"), "Undo")
    await world.message("_<@U0ADA> undid it._")


async def test_what_cannot_be_had_back_asks_first(connected_world: World) -> None:
    await connected_world.say("/circle env gh/acme/web")
    await connected_world.pick(await connected_world.reply("Environment variables"), "Remove variable…")
    form = await connected_world.form("jobs that start later do not get it")
    await connected_world.submit(form)
    await connected_world.answer("Removed the variable")


def _list_elements(message: Json) -> list[Json]:
    accessories = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    return [*accessories, *(one for block in message["blocks"] for one in block.get("elements", ()))]
