"""What to do after an error: what it says itself; else what its kind allows, so that nobody is left with a sentence."""

from __future__ import annotations

from typing import Any, TypeVar

from bot.blocks import error_blocks
from bot.command import Command, format_line
from bot.dispatch.rights import build_connect_step
from bot.errors import BotError, NextStep, NotAllowed, NotConnected, RateLimited, Unavailable, UsageError
from bot.language import N_, _
from bot.line import Written, has_option, split_parts
from bot.mrkdwn import as_code

E = TypeVar("E", bound=BotError)


def add_next_step(error: E, command: Command[Any], again: Written | None = None, *, example: str | None = None) -> E:
    """The error itself with a button, unless it has one, or only another person can help.

    `again` is the line that failed: what was written and may have happened is not offered once more. `example` is a
    line made of it, in the place of the command's own.
    """
    if isinstance(error, UsageError):
        error_blocks.add_example(error, example or command.example)
    if not isinstance(error, NotAllowed) and not any(isinstance(step, NextStep) for step in error.next_steps):
        error.next_steps = (*error.next_steps, _choose_step(error, command, again))
    return error


_ACTS = {
    "again": N_("Trigger Again"),
    "approve": N_("Approve"),
    "cancel": N_("Cancel"),
    "connect": N_("Connect CircleCI"),
    "disconnect": N_("Disconnect"),
    "me": N_("Change Settings"),
    "mute": N_("Mute"),
    "quiet": N_("Set Quiet Hours"),
    "rerun": N_("Rerun"),
    "rollback": N_("Roll Back"),
    "subscribe": N_("Subscribe"),
    "takeover": N_("Take Over"),
    "trigger": N_("Trigger"),
    "undo": N_("Undo"),
    "unmute": N_("Unmute"),
    "unsubscribe": N_("Unsubscribe"),
    "use": N_("Set Project"),
}
"""What a command does that does more than show something."""

_VERBS = {
    "add": N_("Add"),
    "install": N_("Install"),
    "pause": N_("Pause"),
    "remove": N_("Remove"),
    "resume": N_("Resume"),
    "rm": N_("Remove"),
    "save": N_("Save"),
    "set": N_("Set"),
}
"""What the others do, where a verb follows that changes something: a button that removes says so."""


def build_meant_steps(command: Command[Any], meant: Written, line: str) -> tuple[str, NextStep]:
    """A line as it was meant, to read, and the button that says what it does."""
    return as_code(f"/circle {line}", 300), NextStep(_choose_label(command, meant), meant)


def _choose_label(command: Command[Any], meant: Written) -> str:
    if command.name == "rerun" and has_option(meant, "failed"):
        return _("Rerun from Failed")
    act = _ACTS.get(command.name) or _VERBS.get("".join(split_parts(meant)[1:2]))
    return _(act) if act else _("Show {command}", command=command.title)


def _choose_step(error: BotError, command: Command[Any], again: Written | None) -> NextStep:
    if isinstance(error, Unavailable) and error.unknown:
        return NextStep(_("Show Recent Pipelines"), format_line("recent"))
    if isinstance(error, Unavailable | RateLimited) and again:
        return NextStep(_("Try Again"), again)
    if isinstance(error, NotConnected):
        return build_connect_step()
    return NextStep(_("Show Help"), format_line("help", command.word))
