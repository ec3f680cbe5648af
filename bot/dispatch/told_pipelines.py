"""Which pipelines the message tells of under which somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.command import Request
from bot.store.store import Tx
from bot.store.threads import PipelineThread


async def list_told(tx: Tx, request: Request, *, by_thread: bool) -> Sequence[PipelineThread]:
    """By the message that they pointed at, else by the one above the thread, where that may be meant.

    What we send to a person is stored under the direct message channel's id or under the person's.
    """
    for ts in filter(None, [request.message_ts, request.thread_ts if by_thread else None] if request.channel else ()):
        if told := await tx.threads.list_told(request.workspace, [request.channel or "", request.user], ts):
            return told
    return ()
