"""What a person asks reads the rules of their own workspace, however many others the installation has.

Reading all rules holds the event loop still for as long as there are rules, for everybody.
"""

from __future__ import annotations

import re

from tests.plugins.sql_statements import count_statements
from tests.plugins.world import ADA, World

ASKED = {
    "unsubscribe": "Which rule?",
    "subscriptions": "1 rule of this channel",
    "subscriptions --all": "1 rule",
    "takeover 1": "Rule 1 is yours already",
    "unsubscribe web": "removed rule",
}
NARROWED = re.compile(r"subscriptions\.(workspace = |id (=|IN|>) )|covers|LIMIT")


async def test_no_command_and_no_home_reads_all_rules(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web")
    await connected_world.reply("You own rule")
    with count_statements() as seen:
        await connected_world._post_action("home", ADA, tab="home")
        await connected_world.home("Red now")
        for line, answer in ASKED.items():
            await connected_world.say(f"/circle {line}")
            await connected_world.message(answer)
    read = [text for text in seen.texts if "FROM subscriptions" in text]
    assert sum("made_by = " in text for text in read) >= 3, "the App Home, and unsubscribe twice"
    assert [text for text in read if not NARROWED.search(text.partition("WHERE")[2])] == []
