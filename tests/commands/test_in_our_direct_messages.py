"""Between a person and us there is no channel: nothing is said of one, and nobody is to be invited."""

from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import World

LINES = (
    *("subscriptions", "unsubscribe", "unsubscribe 99", "use", "mute", "unmute", "quiet", "whoami", "unremind"),
    *("use gh/acme/web", "use", "subscribe gh/acme/web", "subscriptions", "unsubscribe", "mute", "why gh/acme/web"),
    *("projects", "project", "unsubscribe web", "use --none"),
)


async def test_no_answer_speaks_of_a_channel(calm_world: World) -> None:
    for line in LINES:
        before = len(await calm_world.list_messages("D0ADA"))
        await calm_world.say(f"/circle {line}", channel="D0ADA")

        async def answered(before: int = before) -> str | None:
            texts = [get_text(one) for one in (await calm_world.list_messages("D0ADA"))[before:]]
            return "\n".join(texts) or None

        said = await calm_world.wait_until(answered, f"an answer to {line}", channel="D0ADA")
        assert "this channel" not in said.lower().replace("for this channel", ""), f"{line}: {said}"
        assert "/invite" not in said, line
