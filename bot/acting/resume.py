"""What somebody had asked before they were connected goes on by itself."""

from __future__ import annotations

from dataclasses import replace

from bot.command import Context, Line, Request, Source
from bot.store.waiting import Waiting


def resumed(context: Context, waiting: Waiting) -> Request:
    """What they had asked, as if asked again now; a command that opens a form gets the modal that is open."""
    return Request(
        workspace=context.request.workspace,
        user=context.request.user,
        line=waiting.line,
        source=Source.TYPED,
        key=f"{context.request.key}:resumed",
        channel=waiting.channel,
        thread_ts=waiting.thread_ts,
        view_id=context.request.view_id if _opens_form(context, waiting.line) else None,
        reply_to=waiting.reply_to,
        away=context.request.away,
    )


def _opens_form(context: Context, text: str) -> bool:
    name, *words = text.split() or ["help"]
    said, asked = Line(tuple(words)), replace(context.request, source=Source.TYPED)
    return any(
        command.opens(asked, said) is not None
        for command in context.commands
        if name.lower() in {command.name, *command.aliases}
    )
