from __future__ import annotations

from tests.plugins import accented_language
from tests.plugins.accented_language import add_accents
from tests.plugins.block_reader import get_text
from tests.plugins.world import GRACE, World

WEB = "gh/acme/web"


async def test_a_channel_reads_its_own_language_whoever_asks_and_a_person_theirs(socket_world: World) -> None:
    world = socket_world
    await world.connect_by_form(GRACE)  # Slack tells their language with it.
    await world.connect()
    with accented_language.installed():
        await world.say("/circle subscribe gh/acme/web")
        await world.message(":bell: <@U0ADA> subscribed this channel to")
        await world.control("push", project=WEB, branch="broken", author="grace")
        card = await world.card("*failed*")
        assert "Rerun from failed" in get_text(card)
        letter = get_text(await world.message(add_accents("Stop These Messages"), channel="D0GRACE", as_=GRACE))
        assert add_accents("Rerun from failed") in letter
        assert "Rerun from failed" not in letter
