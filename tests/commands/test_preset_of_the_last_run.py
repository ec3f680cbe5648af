from __future__ import annotations

from tests.plugins.world import World


async def test_a_name_alone_saves_what_was_triggered_last_and_offers_to_run_it(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger --branch main replicas=7")
    await connected_world.card("success")
    await connected_world.say("/circle preset save seven")
    await connected_world.message("saved preset *seven* for this channel: `acme/web` on `main` with `replicas=7`")
    offer = await connected_world.reply("`/circle run seven` runs it")
    await connected_world.press(offer, "Run Preset")
    await connected_world.card("seven")
    triggers = [one for one in await connected_world.list_requests("/pipeline") if one["method"] == "POST"]
    assert len(triggers) == 2
