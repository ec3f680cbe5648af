"""A command that has to wait for its person, to connect or to choose a project: kept with its place, then run there."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import Clock
from bot.command import Context, Request, RequestSource
from bot.domain.audit_records import Door
from bot.rules.asked_demands import APPROVED
from bot.store.pending_commands import PENDING_FOR, PendingCommand
from bot.store.store import Tx


async def keep(tx: Tx, request: Request, line: str, clock: Clock) -> None:
    """`line` is what runs then, and `request` says where it answers. What others approved has ended: it is not kept."""
    if request.chosen.get(APPROVED):
        return
    await tx.pending_commands.upsert(
        request.workspace,
        request.user,
        line,
        channel=request.channel,
        reply_to=request.reply_to,
        thread_ts=request.thread_ts,
        asked_at=clock.now(),
    )


async def set_reply_to(tx: Tx, request: Request) -> None:
    """What waits answers in the place of the private message in which this button to connect was pressed."""
    if request.ephemeral and request.reply_to:
        await tx.pending_commands.set_reply_to(request.workspace, request.user, request.reply_to)


async def take(tx: Tx, context: Context) -> PendingCommand | None:
    """What this person's last command was that had to wait."""
    request = context.request
    return await tx.pending_commands.take(request.workspace, request.user, context.clock.now() - PENDING_FOR)


def build_resumed_request(request: Request, waiting: PendingCommand) -> Request:
    """What they had asked, as if asked again now; what opens a form does so by the press that `request` is."""
    return Request(
        workspace=request.workspace,
        user=request.user,
        line=waiting.line,
        source=RequestSource.TYPED,
        written=waiting.written,
        key=f"{request.key}:resumed",
        channel=waiting.channel,
        thread_ts=waiting.thread_ts,
        trigger_id=request.trigger_id,
        reply_to=waiting.reply_to,
        ephemeral=waiting.in_place,
        away=request.away,
        in_home=request.in_home and waiting.channel is None,
        came_by=Door.RESUMED,
    )


async def resume(tx: Tx, context: Context, line: str) -> Request:
    """This line, where it was asked: as kept, unless something else was asked since, or it had to wait too long."""
    request = context.request
    waiting = await take(tx, context)
    if waiting is None or waiting.line != line:
        waiting = PendingCommand(line, None, request.thread_ts, context.clock.now(), request.reply_to)
    return replace(build_resumed_request(request, waiting), channel=waiting.channel or request.channel)
