"""help [command] [--all] [--group NAME] [--short] — what people need most, every command, or all about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bot.actions.first_steps import load_known_steps
from bot.blocks import greeting_blocks, help_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class HelpArgs:
    command: str | None
    all: bool
    group: Group | None = None
    short: bool = False


def parse(line: ParsedLine) -> HelpArgs:
    word = line.get_value("group")
    group = None if word is None else _parse_group(word)
    return HelpArgs(" ".join(line.words).lower() or None, line.has_flag("all"), group, line.has_flag("short"))


def _parse_group(word: str) -> Group:
    by_word = {one.word: one for one in Group}
    if word.lower() not in by_word:
        raise UsageError(
            _("There is no group {word} of commands.", word=as_code(word, 50)),
            _("There are: {groups}.", groups=join_and([as_code(one) for one in by_word])),
        )
    return by_word[word.lower()]


async def run(context: Context, args: HelpArgs) -> Reply:
    if args.command:
        command = _get_command(args.command, context.commands)
        drawn = help_blocks.render_command(command, context.commands)
        return Reply(Message(f"{command.title}: {_(command.summary)}", drawn))
    if args.all:
        return Reply(Message(_("All that I can do"), help_blocks.render_all(context.commands)))
    if args.group:
        return Reply(Message(_(args.group.value), help_blocks.render_group(context.commands, args.group)))
    if args.short:
        async with context.store.begin_read() as tx:
            steps = await load_known_steps(tx, context.account)
        return Reply(greeting_blocks.render_greeting(context.request.user, steps))
    connected = context.account is not None and context.account.is_active
    overview = help_blocks.render_overview(context.commands, connected=connected)
    return Reply(Message(_("What I can do"), overview, fixed=True))


def _get_command(word: str, commands: Sequence[Command[Any]]) -> Command[Any]:
    by_word = {name: command for command in commands for name in (command.name, *command.aliases)}
    by_title = {command.title: command for command in commands}
    first = word.split(maxsplit=1)[0]
    if found := by_title.get(word) or by_word.get(first):
        return found
    near = [
        NextStep(_("Show Help for {command}", command=name), format_line("help", name))
        for name in get_close_matches(first, by_word, n=3)
    ]
    raise TargetError(
        _("I know no command {command}.", command=as_code(word, 50)),
        *near,
        NextStep(_("Show All Commands"), format_line("help", all=True)),
    )


COMMAND = Command(
    name="help",
    summary=N_("Shows what I can do, every command, or all about one"),
    usage="help [command] [--all] [--group NAME] [--short]",
    example="help trigger",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    access=Access.ANYONE,
    at_once=True,
    aliases=("?", "commands"),
)
