"""What we ask back: each question has a button that says the whole command, or a form after which the command runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.blocks.error_blocks import is_question
from bot.command import Command
from bot.commands import COMMANDS
from bot.line import split_parts
from tests.plugins.block_reader import list_lines
from tests.plugins.slack_users import WEB, Json
from tests.plugins.world import World

LEFT_OUT = {"connect", "disconnect", "propose"}
"""The person is connected, and stays so; only our own code says `propose`."""


async def test_every_question_goes_on_with_the_command_that_asked(connected_world: World) -> None:
    asked = {}
    for command in COMMANDS:
        for line in _list_asked(command) if command.name not in LEFT_OUT else ():
            answer = await _ask(connected_world, line)
            if is_question(answer.get("text", "")):
                asked[line] = [said for said in list_lines(answer) if _goes_on(said, command)]
    assert len(asked) > 15
    assert [line for line, lines in asked.items() if not lines] == []


UNNAMED = {
    "env show gh/acme/web": "env rm gh/acme/web NPM_TOKEN",
    "env rm gh/acme/web": "env rm gh/acme/web NPM_TOKEN",
    "env --contexts show gh/acme": "env show ",
    "schedules pause gh/acme/web": "schedules pause gh/acme/web ",
    "schedules rm gh/acme/web": "schedules rm gh/acme/web ",
    "project --keys add gh/acme/web": "project add gh/acme/web deploy-key --keys",
    "project --keys rm gh/acme/web": "project rm gh/acme/web ",
    "preset rm": "preset rm staging",
}
"""Lines that do not say to which thing they do it, and how a line begins that their answer offers."""


async def test_who_names_nothing_gets_what_there_is_with_the_act_beside_it(connected_world: World) -> None:
    await connected_world.say("/circle preset save staging gh/acme/web --branch main", channel=WEB)
    await connected_world.message("saved preset *staging*", channel=WEB)
    for line, offered in UNNAMED.items():
        lines = list_lines(await _ask(connected_world, line))
        assert any(one.startswith(offered) for one in lines), (line, lines)


def _list_asked(command: Command[Any]) -> Iterator[str]:
    """The command alone, and with each of its verbs."""
    yield command.title
    verbs = re.search(r"\[([a-z]+(?:\|[a-z]+)+)\]", command.usage)
    yield from (f"{command.title} {verb}" for verb in (verbs[1].split("|") if verbs else ()))


async def _ask(world: World, line: str) -> Json:
    """The message that answers it, or its form, which is closed again."""
    await world.say(f"/circle {line}", channel=WEB)

    async def look() -> Json | None:
        if forms := await world.list_modals():
            return forms[-1] if "hourglass" not in str(forms[-1]["blocks"]) else None
        messages = await world.list_messages(WEB)
        fresh = [one for one in messages if one.get("ephemeral") and one["ephemeral_id"] not in world.seen]
        return fresh[-1] if fresh else None

    answer = await world.wait_until(look, f"an answer to {line}", channel=WEB)
    if answer.get("type") == "modal":
        await world.close(answer)
    return answer


def _goes_on(said: str, command: Command[Any]) -> bool:
    parts = split_parts(said)
    then = [split_parts(part.removeprefix("--then="))[0] for part in parts if part.startswith("--then=")]
    return command.word in {parts[0], *then}
