"""The command that somebody typed before they were connected, as a request to run now."""

from __future__ import annotations

from bot.command import Context, Request, RequestSource
from bot.store.pending_commands import PendingCommand


def build_resumed_request(context: Context, waiting: PendingCommand) -> Request:
    """What they had asked, as if asked again now; what opens a form does so by this form's press."""
    return Request(
        workspace=context.request.workspace,
        user=context.request.user,
        line=waiting.line,
        source=RequestSource.TYPED,
        written=waiting.written,
        key=f"{context.request.key}:resumed",
        channel=waiting.channel,
        thread_ts=waiting.thread_ts,
        trigger_id=context.request.trigger_id,
        reply_to=waiting.reply_to,
        away=context.request.away,
    )
