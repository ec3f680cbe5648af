"""help [command] — every command and how to begin, or all about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.blocks import help_blocks
from bot.command import Access, Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    command: str | None


def parse(said: Line) -> Args:
    return Args(said.words[0].lower() if said.words else None)


async def run(context: Context, args: Args) -> Reply:
    if args.command is None:
        connected = context.account is not None and context.account.state == "active"
        return Reply(
            Message("What I can do", [*help_blocks.overview(context.commands), help_blocks.begin(connected=connected)])
        )
    command = _find(args.command, context.commands)
    return Reply(Message(f"{command.name}: {command.summary}", help_blocks.one(command)))


def _find(word: str, commands: Sequence[Command[Any]]) -> Command[Any]:
    by_word = {name: command for command in commands for name in (command.name, *command.aliases)}
    if word in by_word:
        return by_word[word]
    near = [Step(f"help {name}", line("help", name)) for name in get_close_matches(word, by_word, n=3)]
    raise NotThere(f"I know no command {code(word, 50)}.", *near, Step("Show all commands", line("help")))


COMMAND = Command(
    name="help",
    summary="Shows what I can do, or all about one command",
    usage="help [command]",
    example="help trigger",
    parse=parse,
    run=run,
    group=Group.YOU,
    access=Access.ANYONE,
    aliases=("?", "commands"),
)
