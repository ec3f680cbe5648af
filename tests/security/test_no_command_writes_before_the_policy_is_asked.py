"""No command changes anything at CircleCI before the policy was asked with all that the command knows.

Each command that writes is driven against a line that forbids it to everybody by one respect alone: the project, the
branch, the workflow, the hold, a parameter, the channel. A command that does not know what it knows would be let
through; one that never asks could not write at all (WritePermit).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.circleci.client import CircleCIPool, WritePermit
from bot.commands import COMMANDS
from bot.rules.policy_line import EVERYBODY, Effect, PolicyLine, PolicyScope
from tests.plugins.policies import write_policy
from tests.plugins.world import DEPLOYS, World

SLUG = "gh/acme/web"
OF_PROJECT = {"project": "gh/acme/w*"}
OF_CHANNEL = {"channel": DEPLOYS}
OF_BRANCH = {"branch": "release"}
OF_WORKFLOW = {"workflow": "[a-z]*"}
OF_PARAMETER = {"parameters": (("deploy", "true"),)}
OF_RUN = (OF_PROJECT, OF_CHANNEL, OF_BRANCH, OF_WORKFLOW, OF_PARAMETER)
OF_SETTINGS = (OF_PROJECT, OF_CHANNEL)

LINES: Mapping[str, tuple[tuple[str, tuple[Mapping[str, object], ...]], ...]] = {
    "trigger": (
        ("trigger {slug} --branch release deploy=true", OF_RUN),
        ("again {slug} {number}", OF_RUN),
        ("run ship", OF_RUN),
    ),
    "rerun": (("rerun {slug} {number}", OF_RUN),),
    "approve": (("approve {slug} {number} approve-staging", (*OF_RUN, {"hold": "approve-*"})),),
    "cancel": (
        ("cancel {slug} {number}", OF_RUN),
        ("cancel {slug} {number} --job approve-staging", (*OF_RUN, {"hold": "approve-*"})),
    ),
    "schedules": (
        ("schedules add {slug} weekly --on MON --at 3 --branch release deploy=true", OF_RUN),
        ("schedules pause {slug} often", OF_RUN),
        ("schedules resume {slug} often", OF_RUN),
        ("schedules rm {slug} often --sure", OF_RUN),
    ),
    "env": (("env rm {slug} NPM_TOKEN --sure", OF_SETTINGS),),
    "keys": (("project --keys add {slug} deploy-key", OF_SETTINGS),),
    "webhooks": (("webhooks install {slug}", OF_SETTINGS), ("webhooks rm {slug}", OF_SETTINGS)),
}


ELSEWHERE = {"rollback": "tests/commands/test_rollback.py"}
"""What only a form does."""


def test_every_command_that_writes_is_driven() -> None:
    assert {command.name for command in COMMANDS if command.writes is not False} == LINES.keys() | ELSEWHERE.keys()
    for place in ELSEWHERE.values():
        assert "test_what_a_line_forbids_by_one_respect" in Path(place).read_text("utf-8")


@pytest.mark.parametrize("name", LINES)
async def test_what_is_forbidden_by_one_respect_reaches_circleci_by_no_line(connected_world: World, name: str) -> None:
    world = connected_world
    await world.say("/circle trigger gh/acme/web --branch release deploy=true")
    card = await world.card("approve-staging")
    number = card["text"].split("#")[1].split()[0]
    await world.say("/circle preset save ship gh/acme/web --branch release deploy=true")
    await world.say("/circle schedules add gh/acme/web often --on MON-FRI --at 2 --branch release deploy=true")
    await world.reply("Added *often*")
    wrote = await _count_writes(world)
    for line, scopes in LINES[name]:
        for scope in scopes:
            await write_policy(world.app.core.store, PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(**scope)))
            asked = "<@U0CIRCLEBOT> " if " rm " in line else "/circle "  # a slash command that removes opens a dialog
            await world.say(asked + line.format(slug=SLUG, number=number))
            await world.reply("policy does not let you use")
            assert await _count_writes(world) == wrote, (line, scope)


async def test_what_another_hold_forbids_is_done(connected_world: World) -> None:
    """What is known is held against the line, and not only what is not."""
    world = connected_world
    others = ({"hold": "approve-production"}, {"branch": "main"}, {"project": "gh/acme/api"}, {"tag": "v*"})
    lines = [PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(act="decide", **scope)) for scope in others]
    await write_policy(world.app.core.store, *lines)
    await world.say("/circle trigger gh/acme/web --branch release deploy=true")
    card = await world.card("approve-staging")
    await world.press(card, "Approve staging")
    await world.card("<@U0ADA> approved `approve-staging`")


async def test_a_client_that_was_not_permitted_changes_nothing() -> None:
    client = CircleCIPool("https://circleci.example").bind("CCIPAT_ada", permit=WritePermit())
    with pytest.raises(RuntimeError, match="nobody has asked"):
        await client.cancel_workflow("3f1a")


async def _count_writes(world: World) -> int:
    return len([one for one in await world.list_requests("/") if one["method"] != "GET"])
