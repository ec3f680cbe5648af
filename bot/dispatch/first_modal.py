"""The modal that a line needs at once, before anything slow."""

from __future__ import annotations

from bot.command import Modal, Request
from bot.dispatch.parsed_call import ParsedCommand
from bot.store.store import Store


async def build_first_modal(call: ParsedCommand, request: Request, store: Store) -> Modal | None:
    """None for a line that needs none. The store is read only where the line alone does not tell."""
    view = call.command.build_first_modal(request, call.line)
    if view or call.command.load_first_modal is None:
        return view
    async with store.begin_read() as tx:
        return await call.command.load_first_modal(tx, request, call.line)
