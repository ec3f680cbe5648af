"""A line for `read` closes every command that only shows something; with a project, every one that is about a project.

Found by the table of commands: a new one is closed, or stands in `OF_NO_PROJECT`, and so in docs/policy.md.
"""

from __future__ import annotations

import pytest

from bot.commands import COMMANDS
from bot.rules.policy_line import EVERYBODY, FAMILY_OF, READ, Effect, PolicyLine, PolicyScope
from tests.plugins.policies import write_policy
from tests.plugins.world import World

READING = [one for one in COMMANDS if not one.always_allowed and one.name not in FAMILY_OF]
OF_NO_PROJECT = {"user", "audit", "projects", "orgs", "requests", "propose", "subscriptions", "freeze", "contexts"}
OF_A_PIPELINE = [one for one in READING if "NUMBER|ID|LINK" in one.usage or "[pipeline]" in one.usage]
CASES = {
    "everything": (PolicyScope(READ), [(one.name, one.example) for one in READING]),
    "project": (
        PolicyScope(READ, project="gh/acme/web"),
        [(one.name, f"{one.title} gh/acme/web") for one in READING if one.name not in OF_NO_PROJECT],
    ),
    "pipeline": (PolicyScope(READ, project="gh/acme/w*"), [(one.name, f"{one.title} {{id}}") for one in OF_A_PIPELINE]),
}


def test_what_is_of_no_project_asks_for_none() -> None:
    asking = {one.name for one in READING if "[project]" in one.usage}
    assert not asking & OF_NO_PROJECT
    assert {one.name for one in READING} - asking - OF_NO_PROJECT == {"why"}, "of a message, or of a project"


@pytest.mark.parametrize("about", CASES)
async def test_what_a_line_for_read_is_about_is_shown_by_no_command(connected_world: World, about: str) -> None:
    world = connected_world
    (found, *_) = [one for one in await world.list_pipelines() if one["project_slug"] == "gh/acme/web"]
    scope, lines = CASES[about]
    await write_policy(world.app.core.store, PolicyLine(Effect.DENY, (EVERYBODY,), scope))
    for name, line in lines:
        await world.say(f"<@U0CIRCLEBOT> {line.format(id=found['id'])}")
        assert "policy does not let you use" in str(await world.reply()), (name, line)
