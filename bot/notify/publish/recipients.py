"""Where an outcome is told, and who asks for it there: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import Outcome
from bot.messages import Card
from bot.rules.match import SKEW, matches
from bot.rules.placement import DIGEST, ChannelSettings
from bot.rules.quiet_hours import QuietHours
from bot.rules.subscription import Subscription
from bot.store.store import Tx

Recipient = tuple[str, str]
"""Workspace and channel."""

_TOLD_TO_ASKER = frozenset({"failed", "errored-config", "unauthorized", "on-hold", "empty"})
"""Kinds that the thread of a card tells to whoever asked for the card, rules or not."""


def list_recipients(
    outcome: Outcome, rules: Iterable[Subscription], cards: Iterable[Card]
) -> dict[Recipient, list[Subscription]]:
    """Each with the rules that ask for it there; none where only the card's asker does."""
    asked: dict[Recipient, list[Subscription]] = {
        (card.workspace, card.channel): [] for card in cards if is_wanted_by_asker(card, outcome)
    }
    for rule in rules:
        if matches(rule, outcome):
            asked.setdefault((rule.workspace, rule.channel), []).append(rule)
    return asked


def is_wanted_by_asker(card: Card | None, outcome: Outcome) -> bool:
    """Whether a person asked for the card, and wants this whatever the rules say: not what they had seen before."""
    if card is None or not card.asked_by or outcome.kind not in _TOLD_TO_ASKER:
        return False
    return outcome.happened_at >= card.wanted_at - SKEW


def list_immediate_rules(rules: Iterable[Subscription]) -> list[Subscription]:
    """Those of these rules that do not want it later."""
    return [rule for rule in rules if rule.rule.to != DIGEST]


async def load_channel_settings(tx: Tx, workspace: str, channel: str, now: datetime) -> ChannelSettings:
    hours = await tx.hours.find(workspace, channel)
    return ChannelSettings(hours or QuietHours(), await tx.mutes.list_for_channels(workspace, [channel], now))
