"""`help X` explains X: each command by its name, its title and its other words, and each phrase by what it means."""

from __future__ import annotations

import shlex

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.phrase_table import load_phrases
from bot.dispatch.registry import Registry
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.world import World

REGISTRY = Registry(COMMANDS)
WORDS = {word: command.title for command in COMMANDS for word in (command.name, *command.aliases, command.title)} | {
    "me": "",
    "?": "",
}
"""`help me` asks for help; the help of that command has its other words."""
PHRASES = {said: phrase.means for phrase in load_phrases() if phrase.means for said in phrase.examples}


def _parse(text: str) -> tuple[str, str]:
    call = parse_request(Request("T", "U", text, RequestSource.TYPED, "k"), REGISTRY)
    return call.command.name, " ".join(call.line.words)


@each_case("word", [word for word, title in WORDS.items() if title])
def test_help_keeps_the_word_of_a_command(word: str) -> None:
    assert _parse(f"help {word}") == ("help", word)


@each_case("said", [said for said in PHRASES if "help" not in said])
def test_help_with_a_phrase_is_that_of_its_command(said: str) -> None:
    """One that begins with a command's word is that command's."""
    command, about = _parse(f"help {said}")
    meant = said.split(maxsplit=1)[0] if REGISTRY.has(said.split(maxsplit=1)[0]) else shlex.split(PHRASES[said])[0]
    assert command == "help"
    assert REGISTRY.get(about.split()[0]).name == REGISTRY.get(meant.replace("decline", "approve")).name


async def test_help_of_each_word_explains_its_command(connected_world: World) -> None:
    await connected_world.say("/circle help now")
    assert "*now* — " in get_text(await connected_world.reply("now"))
    await connected_world.say("/circle help retry")
    await connected_world.reply("*rerun* — ")
    await connected_world.say("/circle help rerun the failed one")
    await connected_world.reply("*rerun* — ")
    await connected_world.say("/circle help is main green?")
    await connected_world.reply("*status* — ")
    await connected_world.say("/circle help me")
    await connected_world.reply("What I can do")
