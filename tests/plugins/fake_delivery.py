"""Delivery without Slack: `deliver` takes what is due from the store and keeps it, `list_texts` reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import Message
from bot.store.store import Store
from tests.plugins.block_reader import get_text


@dataclass
class FakeDelivery:
    store: Store
    notices: dict[str, Message] = field(default_factory=dict)

    async def deliver(self, now: datetime) -> None:
        async with self.store.begin() as tx:
            for card in await tx.cards.claim(now, 10, "wall", limit=100):
                await tx.cards.settle_sent(card, card.ts or f"card.{card.id}", now)
            while posted := await tx.outbox.claim(now, 10, "wall", limit=100):
                for notice in posted:
                    self.notices[f"{notice.id}"] = notice.message
                    await tx.outbox.settle_sent(notice, f"{notice.id}", now)
            for notice in await tx.revisions.claim(now, 10, "wall", limit=100):
                self.notices[notice.sent_ts or ""] = notice.message
                await tx.revisions.settle_shown(notice)

    def list_texts(self, what: str) -> list[str]:
        """All that can be read of each notice that says this, buttons included, the oldest first."""
        shown = [f"{one.text}\n{get_text(list(one.blocks))}" for one in self.notices.values()]
        return [text for text in shown if what in text]
