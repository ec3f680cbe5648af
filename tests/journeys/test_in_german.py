"""Who reads German in Slack gets German answers; a channel reads the language of the installation."""

from __future__ import annotations

from pathlib import Path

from tests.plugins.block_reader import get_text
from tests.plugins.world import World, run_world

WIM, HIS_DM = "W0WIM", "D0WIM"


async def _connect(world: World) -> None:
    await world.say("/circle connect", as_=WIM)
    await world.submit(await world.form("Persönliches API-Token", as_=WIM), as_=WIM, token="CCIPAT_grace")
    await world.done("Verbunden", as_=WIM)


async def test_answers_forms_and_errors_are_german_and_the_channel_stays_english(socket_world: World) -> None:
    world = socket_world
    await world.say("/circle statsu", as_=WIM)
    assert "Meinst du `status`?" in get_text(await world.reply("statsu", as_=WIM))
    await _connect(world)
    await world.say("/circle trigger gh/acme/web --branch main", as_=WIM)
    await world.card("success")
    await world.say("/circle trigger gh/acme/web --branch main replicas=two", as_=WIM)
    assert "ganze Zahl" in get_text(await world.reply("replicas", as_=WIM))


async def test_statuses_and_durations_are_german(socket_world: World) -> None:
    world = socket_world
    await _connect(world)
    await world.say("/circle jobs gh/acme/web 26 build-and-test", as_=WIM)
    said = get_text(await world.reply("Sek.", as_=WIM))
    assert "Jobs von build-and-test: fehlgeschlagen" in said


async def test_a_direct_message_is_in_its_readers_language(socket_world: World) -> None:
    world = socket_world
    await _connect(world)
    await world.say("/circle subscribe gh/acme/web --branch broken", as_=WIM, channel=HIS_DM)
    await world.say("/circle subscribe gh/acme/web --branch broken", as_=WIM)
    await world.control("push", project="gh/acme/web", branch="broken")
    assert "fehlgeschlagen" in get_text(await world.message("fehlgeschlagen", channel=HIS_DM, as_=WIM))
    assert "failed" in get_text(await world.message("failed"))


async def test_a_german_installation_posts_german_and_answers_each_in_their_own(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True, language="de") as world:
        await world.connect()
        await world.say("/circle trigger gh/acme/web --branch main")
        await world.card("erfolgreich")
        await world.say("/circle status gh/acme/web")
        assert "success" in get_text(await world.reply("success"))
