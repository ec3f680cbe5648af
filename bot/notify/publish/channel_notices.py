"""Who is told of an outcome, and how: channels as their rules say, whoever it concerns by name, its own by a letter.

To each channel in the card's thread, or later, in a digest. Where the card stands already the channel hears it too, if
a rule wants that: a changed card is silent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import notice_blocks
from bot.blocks.card_blocks import name_of
from bot.blocks.mention_blocks import below
from bot.circleci.explanation import Explanation
from bot.circleci.links import Links
from bot.domain import Outcome
from bot.messages import Card, Message
from bot.notify.publish import card_thread, direct_messages, hold_reminders, holds, mentioning
from bot.notify.publish.direct_messages import Elsewhere
from bot.notify.publish.mentioning import Told
from bot.notify.publish.recipients import Place, asks, at_once, habits, places
from bot.notify.readings import Reading
from bot.rules.match import matches
from bot.rules.muting import Kept
from bot.rules.placement import DIGEST, MESSAGE, Hold, Placement, placed
from bot.rules.subscription import Subscription
from bot.store.dm_preferences import Person
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may hear of a pipeline: rules that may want its outcomes, and people whose own token sees the project."""

    rules: Sequence[Subscription]
    seeing: Collection[Person]


@dataclass(frozen=True, slots=True)
class Telling:
    """One outcome that is being told at `now`, with its reason."""

    reading: Reading
    outcome: Outcome
    why: Explanation
    links: Links
    now: datetime

    @property
    def notice(self) -> Message:
        return notice_blocks.notice(self.outcome, self.reading.snapshot, self.why, self.links)

    @property
    def letter(self) -> Message:
        """What a direct message tells of it."""
        if self.outcome.kind == "on-hold":
            return holds.together(self.outcome, self.reading.snapshot, self.links)
        return self.notice


async def tell(tx: Tx, telling: Telling, audience: Audience) -> None:
    """Every place that asks for it, and by direct message those whose pipeline it is."""
    outcome, now = telling.outcome, telling.now
    cards = {(card.workspace, card.channel): card for card in await tx.cards.of_pipeline(outcome.pipeline_id)}
    mentioned: list[Person] = []
    for place, asking in places(outcome, audience.rules, cards.values()).items():
        mentioned += await _tell_place(tx, telling, place, asking, cards.get(place))
    asking = [rule for rule in audience.rules if matches(rule, outcome)]
    elsewhere = Elsewhere(audience.seeing, cards.values(), at_once(asking), mentioned)
    if outcome.kind == "on-hold":
        await hold_reminders.promise(tx, outcome, asking, now)
    await direct_messages.write(tx, outcome, telling.reading.snapshot, telling.letter, elsewhere, now)


async def _tell_place(
    tx: Tx, telling: Telling, place: Place, asking: Sequence[Subscription], standing: Card | None
) -> list[Person]:
    """Answers who is mentioned there."""
    outcome, now = telling.outcome, telling.now
    where = await _placed(tx, outcome, place, asking, standing, now) if asking else None
    if where and where.hold:
        await _keep(tx, telling, place, where.rule_id, where.hold)
    if where and where.to == DIGEST and not asks(standing, outcome):
        return []
    card = standing or await tx.cards.want(*place, outcome.pipeline_id, None, now)
    loud = where is not None and where.to == MESSAGE and standing is not None and standing.ts is not None
    told = Told(outcome.key, telling.reading.snapshot, place, now)
    concerned = await mentioning.concerned(tx, outcome, told, [] if where and where.hold else at_once(asking))
    message, about = below(telling.notice, concerned), holds.about(outcome)
    await card_thread.say(tx, outcome.key, card, message, now, broadcast=loud, about=about)
    return [(place[0], one.slack_id) for one in concerned if one.slack_id]


async def _placed(
    tx: Tx, outcome: Outcome, place: Place, asking: Sequence[Subscription], card: Card | None, now: datetime
) -> Placement:
    standing = card is not None and card.gone_reason is None
    return placed(asking, outcome, await habits(tx, *place, now), now, standing=standing)


async def _keep(tx: Tx, telling: Telling, place: Place, rule_id: int, hold: Hold) -> None:
    """The digest that it goes into is made when it is due (digests.py)."""
    name = name_of(telling.reading.snapshot, telling.reading.project)
    kept = Kept(telling.outcome, *place, name, rule_id, hold.why, hold.until, hold.by)
    await tx.kept.add(kept, telling.now)
