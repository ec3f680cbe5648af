"""The modal that a line needs at once, before anything slow."""

from __future__ import annotations

from typing import Any

from bot.blocks import kit
from bot.command import Command, Modal, Request, RequestSource
from bot.dispatch.parsed_call import ParsedCommand
from bot.language import N_, _
from bot.store.store import Store

_TITLES = {
    "admin": N_("Administration"),
    "undelivered": N_("Not said"),
    "artifacts": N_("Artifacts"),
    "jobs": N_("Jobs"),
    "logs": N_("Logs"),
    "me": N_("Me"),
    "mute": N_("Mute"),
    "pipeline": N_("Pipeline"),
    "recent": N_("Recent"),
    "status": N_("Status"),
    "subscriptions": N_("Subscriptions"),
    "tests": N_("Tests"),
    "undo": N_("Undo"),
    "unmute": N_("Unmute"),
    "unsubscribe": N_("Unsubscribe"),
    "use": N_("Use"),
    "why": N_("Why"),
}
"""What a command is called where it answers in a modal."""


async def build_first_modal(call: ParsedCommand, request: Request, store: Store) -> Modal | None:
    """None for a line that needs none. The store is read only where the line alone does not tell."""
    view = call.command.build_first_modal(request, call.line)
    if view or call.command.load_first_modal is None:
        return view
    async with store.begin_read() as tx:
        return await call.command.load_first_modal(tx, request, call.line)


def build_reading_modal(command: Command[Any]) -> Modal:
    """For what is read in a modal and has none of its own."""
    title = _TITLES.get(command.word)
    return Modal(_(title) if title else f"/circle {command.word}", kit.build_loading(_("Reading what there is")))


def is_read_in_modal(call: ParsedCommand, request: Request) -> bool:
    """What is pressed in the Home or in a form, to read something, is read there: nobody has to look elsewhere."""
    in_view = request.source is RequestSource.BUTTON and (request.in_home or request.over_form)
    command, args = call.command, call.command.parse(call.line)
    return in_view and not (request.from_view or command.is_write(request, args) or command.fills_home(args))
