"""Which channels are notified of an outcome: as their rules say, and as the person who asked for the card expects.

A notice is a reply in the thread of the channel's card. The channel itself sees it too where a rule wants that and the
card was posted before: a changed card notifies nobody. Of a failure it sees one line, and its thread the rest. That
something started the card says alone. Holds of one pipeline share a notice (holds.py). What a rule wants later goes
into a digest (digests.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256

from bot.blocks import deed_blocks, notice_blocks
from bot.blocks.mention_blocks import MentionTarget, add_mentions
from bot.blocks.pipeline_title import get_project_name
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.conversation import Place
from bot.domain import Outcome, OutcomeKind
from bot.domain.people import Person
from bot.messages import About, Card, Drawing, FoundEnd, Message
from bot.notify.publish import mentioning
from bot.notify.publish.mentioning import MentionContext
from bot.notify.publish.outcome_notice import OutcomeNotice, fit_notice
from bot.notify.readings import Reading
from bot.rules.match import SKEW
from bot.rules.muting import QueuedOutcome
from bot.rules.outcome import build_outcomes
from bot.rules.placement import DIGEST, MESSAGE, ChannelSettings, Deferral, Placement, choose_placement
from bot.rules.quiet_hours import QuietHours
from bot.rules.subscription import Subscription
from bot.store.notice_rows import build_details_key
from bot.store.store import Tx
from bot.store.threads import build_reply_key

_TELLS_END = frozenset({OutcomeKind.FAILED, OutcomeKind.ERRORED_CONFIG, OutcomeKind.UNAUTHORIZED, OutcomeKind.EMPTY})
"""Kinds of outcomes after which a person who asked for the card need not be told how it ended."""

_WANTED_BY_ASKER = _TELLS_END | {OutcomeKind.ON_HOLD}
"""Kinds of outcomes that are posted in the thread of a card that a person asked for, without any rule."""


@dataclass(frozen=True, slots=True)
class ChannelReply:
    """That an outcome is told below this card, whom it mentions, and whether the channel sees it too (`broadcast`)."""

    outcome: Outcome
    card: Card
    targets: Sequence[MentionTarget]
    broadcast: bool
    doubted_since: datetime | None = None

    @property
    def mentioned(self) -> list[Person]:
        return [Person(self.card.workspace, target.slack_id) for target in self.targets if target.slack_id]


async def publish(
    tx: Tx, notice: OutcomeNotice, rules: Iterable[Subscription], cards: Sequence[Card]
) -> list[ChannelReply]:
    """In each channel that one of these matching `rules`, or the person who asked for its card, names.

    Returns the replies. That a hold waits is not written yet: holds.announce does that for all of the pipeline's.
    """
    card_in = {card.place: card for card in cards}
    replies: list[ChannelReply] = []
    for recipient, wanting in list_recipients(notice.outcome, rules, cards).items():
        reply = await _build_reply(tx, notice, recipient, wanting, card_in.get(recipient))
        if reply:
            replies.append(reply)
            if notice.outcome.kind != OutcomeKind.ON_HOLD:
                await _insert(tx, notice, reply)
    return replies


def list_recipients(
    outcome: Outcome, rules: Iterable[Subscription], cards: Iterable[Card]
) -> dict[Place, list[Subscription]]:
    """Each channel with those of the matching `rules` that are its own; none where only the card's asker wants it."""
    wanting: dict[Place, list[Subscription]] = {card.place: [] for card in cards if _is_wanted_by_asker(card, outcome)}
    for rule in rules:
        wanting.setdefault(rule.place, []).append(rule)
    return wanting


def _is_wanted_by_asker(card: Card | None, outcome: Outcome) -> bool:
    """Whether the person who asked for the card wants this, whatever the rules say; not what was over by then."""
    return outcome.kind in _WANTED_BY_ASKER and _came_after_asking(card, outcome)


def _came_after_asking(card: Card | None, outcome: Outcome) -> bool:
    return card is not None and bool(card.asked_by) and outcome.happened_at >= card.wanted_at - SKEW


def _tells_end(card: Card | None, outcome: Outcome, reading: Reading) -> bool:
    """Whether a notice of this outcome is how the person who asked for the card hears of the pipeline's end."""
    alone = reading.finished_at is not None and len(reading.snapshot.get_newest_runs()) == 1
    return _came_after_asking(card, outcome) and (
        outcome.kind in _TELLS_END or (alone and outcome.kind in {OutcomeKind.PASSED, OutcomeKind.CANCELED})
    )


def list_immediate_rules(rules: Iterable[Subscription]) -> list[Subscription]:
    """Those that do not want a digest."""
    return [rule for rule in rules if rule.rule.to != DIGEST]


async def _build_reply(
    tx: Tx, notice: OutcomeNotice, recipient: Place, rules: Sequence[Subscription], posted: Card | None
) -> ChannelReply | None:
    outcome, now = notice.outcome, notice.now
    placement = await _choose_placement(tx, notice, recipient, rules, posted) if rules else None
    deferral = placement.deferral if placement else None
    if placement and deferral:
        await _queue_for_digest(tx, notice, recipient, placement.rule_id, deferral)
    if placement and placement.to == DIGEST and not _is_wanted_by_asker(posted, outcome):
        return None
    told_of, doubted = outcome.pipeline_id, notice.doubted_since
    card = posted or await tx.cards.upsert(*recipient, told_of, asked_by=None, now=now, doubted_since=doubted)
    targets = await _resolve_mentions(tx, notice, card, [] if deferral else list_immediate_rules(rules))
    if outcome.kind == OutcomeKind.STARTED and not targets:
        return None
    broadcast = placement is not None and placement.to == MESSAGE and posted is not None and posted.ts is not None
    return ChannelReply(outcome, card, targets, broadcast, doubted)


async def _insert(tx: Tx, notice: OutcomeNotice, reply: ChannelReply) -> None:
    notice = await fit_notice(tx, notice, reply.card.place)
    details = partial(_draw_details, notice) if reply.broadcast and notice.details else None
    await insert_reply(
        tx,
        notice.outcome.key,
        reply.card,
        partial(_draw, notice, reply.targets, broadcast=reply.broadcast),
        notice.now,
        broadcast=reply.broadcast,
        details=details,
        found_end=notice.found_end,
        doubted_since=notice.doubted_since,
    )


def _draw_details(notice: OutcomeNotice) -> Message:
    return notice.details or notice.render(by_card=True)


def _draw(notice: OutcomeNotice, targets: Sequence[MentionTarget], *, broadcast: bool) -> Message:
    """Beside its card the channel reads only what that does not say."""
    return add_mentions(notice.line if broadcast else notice.render(by_card=True), targets, inline=broadcast)


async def _resolve_mentions(
    tx: Tx, notice: OutcomeNotice, card: Card, rules: Sequence[Subscription]
) -> list[MentionTarget]:
    """Whom the rules name, and whoever asked for the card where this is its end."""
    reading, outcome = notice.reading, notice.outcome
    asker = card.asked_by if _tells_end(card, outcome, reading) else None
    context = MentionContext(outcome.key, reading.snapshot, card.place, notice.now)
    return await mentioning.resolve(tx, outcome, context, rules, asker=asker)


async def _choose_placement(
    tx: Tx, notice: OutcomeNotice, recipient: Place, rules: Sequence[Subscription], card: Card | None
) -> Placement:
    settings = await load_channel_settings(tx, *recipient, notice.now)
    has_card = card is not None and card.gone_reason is None
    return choose_placement(rules, notice.outcome, settings, now=notice.now, posted=has_card)


async def load_channel_settings(tx: Tx, workspace: str, channel: str, now: datetime) -> ChannelSettings:
    hours = await tx.hours.find(workspace, channel)
    return ChannelSettings(hours or QuietHours(), await tx.mutes.list_for_channels(workspace, [channel], now))


async def _queue_for_digest(tx: Tx, notice: OutcomeNotice, recipient: Place, rule_id: int, deferral: Deferral) -> None:
    name = get_project_name(notice.reading.snapshot, notice.reading.project)
    queued = QueuedOutcome(notice.outcome, *recipient, name, rule_id, deferral.why, deferral.until, deferral.by)
    await tx.digest_queue.insert(queued, notice.now)


async def publish_end(tx: Tx, reading: Reading, cards: Iterable[Card], links: Links, *, now: datetime) -> None:
    """The pipeline is over: the person who started it or ran it again is mentioned, once for each end.

    Not who ended it themselves or only decided about a hold, nor where a notice has told it. A person whom an earlier
    notice mentioned is named without a notification.
    """
    snapshot = reading.snapshot
    end = _build_end_key(snapshot)
    for card in cards:
        asked_by = card.asked_by
        if asked_by is None or await tx.outbox.is_published(build_reply_key(end, card.place)):
            continue
        if asked_by in await mentioning.list_cancelers(tx, snapshot, card.workspace):
            continue
        if await _is_end_told(tx, reading, card, now) or not await _has_started(tx, card):
            continue
        context = MentionContext(end, snapshot, card.place, now)
        user = asked_by if await mentioning.mark_mentioned(tx, asked_by, context) else None
        draw = partial(notice_blocks.render_ended, snapshot, reading.project, user, links=links)
        await insert_reply(tx, end, card, draw, now)


async def _has_started(tx: Tx, card: Card) -> bool:
    """Whether who asked for the card started the pipeline or ran it again, and so waits for its end."""
    done = await tx.audit.list_for_pipeline(card.pipeline_id)
    theirs = [entry.text for entry in done if (entry.workspace, entry.user) == (card.workspace, card.asked_by)]
    return any(deed_blocks.is_start(text) or deed_blocks.is_rerun(text) for text in theirs)


async def _is_end_told(tx: Tx, reading: Reading, card: Card, now: datetime) -> bool:
    newest = {None, *(run.workflow.id for run in reading.snapshot.get_newest_runs())}
    ends = [
        outcome
        for outcome in build_outcomes(reading.snapshot, reading.project, now)
        if outcome.workflow_id in newest and _tells_end(card, outcome, reading)
    ]
    return any([await tx.outbox.is_published(build_reply_key(outcome.key, card.place)) for outcome in ends])


def _build_end_key(snapshot: Snapshot) -> str:
    """Tells this end of the pipeline from an end after a rerun."""
    runs = ",".join(sorted(run.workflow.id for run in snapshot.get_newest_runs()))
    return f"end:{snapshot.pipeline.id}:{sha256(runs.encode()).hexdigest()[:16]}"


async def insert_reply(
    tx: Tx,
    occasion: str,
    card: Card,
    message: Drawing,
    now: datetime,
    *,
    broadcast: bool = False,
    about: About | None = None,
    good_until: datetime | None = None,
    details: Drawing | None = None,
    found_end: FoundEnd | None = None,
    doubted_since: datetime | None = None,
) -> None:
    """A notice in the card's thread, one for each `occasion`. The channel sees it too if it is `broadcast`.

    Its `details` follow it there, and only there.
    """
    await tx.outbox.insert(
        build_reply_key(occasion, card.place),
        card.workspace,
        card.channel,
        message=message,
        card_id=card.id,
        broadcast=broadcast,
        about=about,
        good_until=good_until,
        details=details,
        found_end=found_end,
        doubted_since=doubted_since,
        now=now,
    )


def list_notice_keys(outcome: Outcome, cards: Iterable[Card]) -> list[str]:
    """Of what was said of an outcome below these cards, and of the details that followed."""
    keys = [build_reply_key(outcome.key, card.place) for card in cards]
    return [*keys, *map(build_details_key, keys)]
