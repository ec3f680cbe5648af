"""A change to what a channel is notified of is posted there, once, and logged: no channel goes quiet unnoticed.

The notice goes into the outbox in the transaction of the change.
"""

from __future__ import annotations

import structlog

from bot.actions import reachability
from bot.command import Context
from bot.messages import Message
from bot.store.store import Tx

log = structlog.get_logger(__name__)


async def announce(
    tx: Tx, context: Context, channel: str, *, message: Message, what: str, card_id: int | None = None
) -> None:
    """In the channel, or in a card's thread; a direct conversation has seen the answer already.

    `what` names the act in the log, and with what it is about tells it from others of the same asking.
    """
    request = context.request
    log.info("channel.changed", channel=channel, act=what, said=message.text)
    if not reachability.is_read_by_others(context, channel):
        return
    key = f"{what}:{channel}:{request.key}"[:300]
    await tx.outbox.insert(key, request.workspace, channel, message=message, card_id=card_id, now=context.clock.now())
