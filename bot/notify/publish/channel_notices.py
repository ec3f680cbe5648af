"""Who is told of an outcome, and how: channels as their rules say, whoever it concerns by name, its own by a letter.

To each channel in the card's thread, or later, in a digest. Where the card stands already the channel hears it too, if
a rule wants that: a changed card is silent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import notice_blocks
from bot.blocks.card_blocks import get_project_name
from bot.blocks.mention_blocks import add_mentions
from bot.circleci.explanation import Explanation
from bot.circleci.links import Links
from bot.domain import Outcome
from bot.messages import Card, Message
from bot.notify.publish import card_thread, direct_messages, hold_reminders, holds, mentioning
from bot.notify.publish.direct_messages import DmFilter
from bot.notify.publish.mentioning import MentionContext
from bot.notify.publish.recipients import (
    Recipient,
    is_wanted_by_asker,
    list_immediate_rules,
    list_recipients,
    load_channel_settings,
)
from bot.notify.readings import Reading
from bot.rules.match import matches
from bot.rules.muting import QueuedOutcome
from bot.rules.placement import DIGEST, MESSAGE, Deferral, Placement, choose_placement
from bot.rules.subscription import Subscription
from bot.store.dm_preferences import Person
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may hear of a pipeline: rules that may want its outcomes, and people whose own token sees the project."""

    rules: Sequence[Subscription]
    seeing: Collection[Person]


@dataclass(frozen=True, slots=True)
class OutcomeNotice:
    """One outcome that is being told at `now`, with its reason."""

    reading: Reading
    outcome: Outcome
    why: Explanation
    links: Links
    now: datetime

    @property
    def message(self) -> Message:
        return notice_blocks.render(self.outcome, self.reading.snapshot, self.why, self.links)

    @property
    def direct_message(self) -> Message:
        """What a direct message tells of it."""
        if self.outcome.kind == "on-hold":
            return holds.render_waiting(self.outcome, self.reading.snapshot, self.links)
        return self.message


async def publish_outcome(tx: Tx, telling: OutcomeNotice, audience: Audience) -> None:
    """Every place that asks for it, and by direct message those whose pipeline it is."""
    outcome, now = telling.outcome, telling.now
    cards = {(card.workspace, card.channel): card for card in await tx.cards.list_for_pipeline(outcome.pipeline_id)}
    mentioned: list[Person] = []
    for place, asking in list_recipients(outcome, audience.rules, cards.values()).items():
        mentioned += await _publish_in_channel(tx, telling, place, asking, cards.get(place))
    asking = [rule for rule in audience.rules if matches(rule, outcome)]
    elsewhere = DmFilter(audience.seeing, cards.values(), list_immediate_rules(asking), mentioned)
    if outcome.kind == "on-hold":
        await hold_reminders.schedule(tx, outcome, asking, now)
    await direct_messages.publish(tx, outcome, telling.reading.snapshot, telling.direct_message, elsewhere, now)


async def _publish_in_channel(
    tx: Tx, telling: OutcomeNotice, place: Recipient, asking: Sequence[Subscription], standing: Card | None
) -> list[Person]:
    """Answers who is mentioned there."""
    outcome, now = telling.outcome, telling.now
    where = await _choose_placement(tx, outcome, place, asking, standing, now) if asking else None
    if where and where.deferral:
        await _queue_for_digest(tx, telling, place, where.rule_id, where.deferral)
    if where and where.to == DIGEST and not is_wanted_by_asker(standing, outcome):
        return []
    card = standing or await tx.cards.upsert(*place, outcome.pipeline_id, None, now)
    loud = where is not None and where.to == MESSAGE and standing is not None and standing.ts is not None
    told = MentionContext(outcome.key, telling.reading.snapshot, place, now)
    concerned = await mentioning.resolve(
        tx, outcome, told, [] if where and where.deferral else list_immediate_rules(asking)
    )
    message, about = add_mentions(telling.message, concerned), holds.build_about(outcome)
    await card_thread.insert_reply(tx, outcome.key, card, message, now, broadcast=loud, about=about)
    return [(place[0], one.slack_id) for one in concerned if one.slack_id]


async def _choose_placement(
    tx: Tx, outcome: Outcome, place: Recipient, asking: Sequence[Subscription], card: Card | None, now: datetime
) -> Placement:
    standing = card is not None and card.gone_reason is None
    return choose_placement(asking, outcome, await load_channel_settings(tx, *place, now), now, standing=standing)


async def _queue_for_digest(tx: Tx, telling: OutcomeNotice, place: Recipient, rule_id: int, hold: Deferral) -> None:
    """The digest that it goes into is made when it is due (digests.py)."""
    name = get_project_name(telling.reading.snapshot, telling.reading.project)
    kept = QueuedOutcome(telling.outcome, *place, name, rule_id, hold.why, hold.until, hold.by)
    await tx.digest_queue.insert(kept, telling.now)
