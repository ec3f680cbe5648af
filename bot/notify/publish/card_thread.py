"""What is said in a card's thread, once for each occasion."""

from __future__ import annotations

from datetime import datetime

from bot.messages import About, Card, Message
from bot.store.store import Tx


async def insert_reply(
    tx: Tx,
    occasion: str,
    card: Card,
    message: Message,
    now: datetime,
    *,
    broadcast: bool = False,
    about: About | None = None,
    good_until: datetime | None = None,
) -> None:
    """Written down to be delivered. The channel hears it too if it is `broadcast`."""
    await tx.outbox.insert(
        _build_key(occasion, card),
        card.workspace,
        card.channel,
        message,
        card_id=card.id,
        broadcast=broadcast,
        about=about,
        good_until=good_until,
        now=now,
    )


async def has_reply(tx: Tx, occasion: str, card: Card) -> bool:
    return await tx.outbox.is_published(_build_key(occasion, card))


def _build_key(occasion: str, card: Card) -> str:
    return f"{occasion}:{card.workspace}:{card.channel}"
