from __future__ import annotations

from tests.plugins import accented_language
from tests.plugins.accented_language import add_accents
from tests.plugins.world import World


async def test_a_channel_does_not_read_the_language_of_who_changed_something(connected_world: World) -> None:
    with accented_language.installed():
        for line, alone, together in (
            ("subscribe gh/acme/web", "You own rule", "<@U0ADA> subscribed this channel to"),
            ("mute 2h", "Pipelines that people trigger still report", "<@U0ADA> muted this channel until"),
            ("quiet 22-8", "", "<@U0ADA> changed the quiet hours of this channel"),
            ("unsubscribe web", "", "<@U0ADA> removed rule"),
        ):
            await connected_world.say(f"/circle {line}")
            if alone:
                await connected_world.reply(add_accents(alone))
            await connected_world.message(together)
