"""propose [command] — what a command would do, with the button that does it: the answer to words of one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks import proposal_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply
from bot.commands.propose import on_pipelines, on_projects
from bot.commands.propose.on_channel import propose_mute
from bot.errors import UsageError
from bot.language import N_, _
from bot.language.formats import format_number
from bot.line import join_parts, split_parts
from bot.messages import Message
from bot.mrkdwn import as_code

_PROPOSALS: dict[str, Callable[[Context, Sequence[str]], Awaitable[Message]]] = {
    "rerun": on_pipelines.propose_rerun,
    "cancel": on_pipelines.propose_cancel,
    "approve": on_pipelines.propose_approve,
    "decline": on_pipelines.propose_decline,
    "subscribe": on_projects.propose_subscribe,
    "mute": propose_mute,
}
_LABELS = {
    "unmute": N_("Unmute"),
    "unsubscribe": N_("Unsubscribe"),
    "use": N_("Set Project"),
    "disconnect": N_("Disconnect"),
    "pipeline": N_("Post Card"),
    "deploys": N_("Pin It Here"),
}


_LONGEST = 2_000
"""Characters of a button's value (Slack's limit): what we wrote is never longer."""


@dataclass(frozen=True, slots=True)
class ProposeArgs:
    """The proposed line, part by part."""

    parts: tuple[str, ...]


def parse(line: ParsedLine) -> ProposeArgs:
    """One word that holds all of it is what we wrote."""
    if any(len(word) > _LONGEST for word in line.words):
        raise UsageError(_("A proposal has {count} characters at most.", count=format_number(_LONGEST)))
    try:
        parts = split_parts(line.words[0]) if len(line.words) == 1 else line.words
    except ValueError:
        raise UsageError(_("A quote was opened and never closed.")) from None
    if not parts:
        raise UsageError(_("Which command?"))
    return ProposeArgs(tuple(parts))


async def run(context: Context, args: ProposeArgs) -> Reply:
    name, *words = args.parts
    command = next((one for one in context.commands if name in {one.name, *one.aliases}), None)
    if name == "deploy" and words:
        return Reply(await on_projects.propose_deploy(context, args.parts))
    if command and command.name == "trigger":
        return Reply(await on_projects.propose_trigger(context, *_split_trigger(words)))
    if propose := _PROPOSALS.get(command.name if command else name):
        return Reply(await propose(context, words))
    if command is None:
        raise UsageError(_("I know no command {command}.", command=as_code(name, 50)))
    return Reply(_propose_line(command, args))


def _split_trigger(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Project and branch, as a phrase says them."""
    branch = next((one.removeprefix("--branch=") for one in words if one.startswith("--branch=")), None)
    return next((one for one in words if not one.startswith("--")), None), branch


def _propose_line(command: Command[Any], args: ProposeArgs) -> Message:
    said = join_parts(args.parts)
    what = f"{as_code(f'/circle {said}', 300)} — {_(command.summary)}"
    label = _LABELS.get(command.name)
    return proposal_blocks.render(what, [(_(label) if label else _("Run {command}", command=command.name), said)])


COMMAND = Command(
    name="propose",
    summary=N_("Shows what a command would do, with the button that does it"),
    usage="propose [command]",
    example="propose rerun acme/web",
    parse=parse,
    run=run,
    group=Group.ACTS,
    listed=False,
)
