"""Nobody silences a project whose line forbids it: not by a rule, a mute, quiet hours, `use` or Undo."""

from __future__ import annotations

import pytest

from bot.rules.policy_line import LISTEN, Effect, PolicyLine, PolicyScope
from tests.plugins.policies import write_policy
from tests.plugins.world import GRACE, World

WEB = PolicyLine(Effect.DENY, (GRACE,), PolicyScope(act=LISTEN, project="gh/acme/web"))


@pytest.fixture
async def forbidden(connected_world: World) -> World:
    """Of #deploys, which has a rule for it and uses it; Grace may not change that."""
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.message("project")
    await write_policy(connected_world.app.core.store, WEB)
    return connected_world


@pytest.mark.parametrize(
    "line",
    [
        "subscribe gh/acme/web --only failed",
        "subscribe gh/acme --only failed",
        "unsubscribe 1",
        "subscribe --rule 1 --only failed",
        "takeover 1",
        "mute 2h",
        "mute 2h 1",
        "mute 2h gh/acme/web",
        "quiet 22:00-08:00",
        "use gh/acme/api",
        "use --none",
        "undo 1",
    ],
)
async def test_what_a_line_forbids_for_a_project_is_refused_for_its_rules(forbidden: World, line: str) -> None:
    await forbidden.say(f"/circle {line}", as_=GRACE)
    await forbidden.reply("Not for <@U0GRACE>: `listen`", as_=GRACE)


async def test_of_another_project_she_decides(forbidden: World) -> None:
    await forbidden.say("/circle subscribe gh/acme/api", as_=GRACE)
    await forbidden.reply("You own rule 2", as_=GRACE)
