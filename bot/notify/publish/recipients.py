"""Where an outcome is told, and who asks for it there: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import Outcome
from bot.messages import Card
from bot.rules.match import SKEW, matches
from bot.rules.placement import DIGEST, Habits
from bot.rules.quiet_hours import Hours
from bot.rules.subscription import Subscription
from bot.store.store import Tx

Place = tuple[str, str]
"""Workspace and channel."""

_TOLD_TO_ASKER = frozenset({"failed", "errored-config", "unauthorized", "on-hold", "empty"})
"""Kinds that the thread of a card tells to whoever asked for the card, rules or not."""


def places(outcome: Outcome, rules: Iterable[Subscription], cards: Iterable[Card]) -> dict[Place, list[Subscription]]:
    """Each with the rules that ask for it there; none where only the card's asker does."""
    asked: dict[Place, list[Subscription]] = {
        (card.workspace, card.channel): [] for card in cards if asks(card, outcome)
    }
    for rule in rules:
        if matches(rule, outcome):
            asked.setdefault((rule.workspace, rule.channel), []).append(rule)
    return asked


def asks(card: Card | None, outcome: Outcome) -> bool:
    """Whether a person asked for the card, and wants this whatever the rules say: not what they had seen before."""
    if card is None or not card.asked_by or outcome.kind not in _TOLD_TO_ASKER:
        return False
    return outcome.happened_at >= card.wanted_at - SKEW


def at_once(rules: Iterable[Subscription]) -> list[Subscription]:
    """Those of these rules that do not want it later."""
    return [rule for rule in rules if rule.rule.to != DIGEST]


async def habits(tx: Tx, workspace: str, channel: str, now: datetime) -> Habits:
    hours = await tx.hours.get(workspace, channel)
    return Habits(hours or Hours(), await tx.mutes.of_channels(workspace, [channel], now))
