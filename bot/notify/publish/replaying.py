"""Outcomes that are told again: all since a moment that rules of a workspace want and that were not told there yet.

Whether an outcome is known says nothing here: its notice has a key of its own, and each is looked up in Slack before it
is posted. What happened too long ago is folded into one message, as after an outage (bot/notify/deliver/).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.circleci.links import Links
from bot.clock import Clock
from bot.domain import Outcome, OutcomeKind
from bot.messages import Card
from bot.notify.publish import channel_notices, holds, past_failures, publisher
from bot.notify.publish.channel_notices import ChannelReply
from bot.notify.publish.outcome_notice import OutcomeNotice
from bot.notify.publish.saved_pipeline import upsert_pipeline
from bot.notify.readings import Explanations, Reading
from bot.rules.history import assume_worst, classify
from bot.rules.match import matches_at_any_age
from bot.rules.outcome import build_outcomes
from bot.rules.subscription import Subscription
from bot.store.replays import Replay
from bot.store.store import Store, Tx


class ReplayPublisher:
    """`wake` wakes delivery."""

    def __init__(
        self,
        *,
        store: Store,
        links: Links,
        clock: Clock,
        wake: Callable[[], None],
        hit_failpoint: Callable[[str], None],
    ) -> None:
        self._store = store
        self._links = links
        self._clock = clock
        self._wake = wake
        self._hit_failpoint = hit_failpoint

    async def plan(self, reading: Reading, replay: Replay) -> list[Outcome]:
        """The outcomes that are worth explaining: a rule may want them. Writes nothing."""
        found = self._list_outcomes(reading, replay)
        async with self._store.begin_read() as tx:
            rules = await _list_rules(tx, found, replay)
            new = [classify(outcome, await tx.outcomes.load_past(outcome)) for outcome in found]
        return [one for one in new if _select_matching(rules, assume_worst(one))]

    async def commit(self, reading: Reading, explanations: Explanations, replay: Replay) -> int:
        """Write everything in one transaction; how many messages will be told."""
        async with self._store.begin() as tx:
            told = await self._write(tx, reading, explanations, replay)
            self._hit_failpoint("publish.before_commit")
        self._hit_failpoint("publish.after_commit")
        self._wake()
        return told

    async def count(self, reading: Reading, explanations: Explanations, replay: Replay) -> int:
        """How many messages would be told; nothing is kept."""
        async with self._store.begin_trial() as tx:
            return await self._write(tx, reading, explanations, replay)

    def _list_outcomes(self, reading: Reading, replay: Replay) -> list[Outcome]:
        """Those since then, oldest first. That something started is no news any more."""
        now, default_branch = self._clock.now(), reading.default_branch
        found = build_outcomes(reading.snapshot, reading.project, now, default_branch=default_branch)
        return [one for one in found if one.happened_at >= replay.since and one.kind != OutcomeKind.STARTED]

    async def _write(self, tx: Tx, reading: Reading, explanations: Explanations, replay: Replay) -> int:
        now, found = self._clock.now(), self._list_outcomes(reading, replay)
        rules = await _list_rules(tx, found, replay)
        before = await tx.replays.count_notices(replay.workspace)
        await upsert_pipeline(tx, publisher.add_reasons(reading, found, explanations), now)
        held: list[ChannelReply] = []
        for outcome in found:
            why = explanations.get(outcome.key, NOTHING_KNOWN)
            known = await publisher.classify_explained(tx, outcome, why)
            await tx.outcomes.insert(known, now)
            await publisher.insert_failures(tx, reading, known, why, now)
            held += await self._publish(tx, reading, known, why, rules=rules, replay=replay)
            await past_failures.close_notices(tx, known, reading.snapshot, self._links)
        await holds.announce(tx, reading, held, self._links, now)
        if reading.next_look_at:
            await tx.polled_projects.make_due(reading.project, now)
        return await tx.replays.count_notices(replay.workspace) - before

    async def _publish(
        self,
        tx: Tx,
        reading: Reading,
        outcome: Outcome,
        why: Explanation,
        *,
        rules: Sequence[Subscription],
        replay: Replay,
    ) -> list[ChannelReply]:
        """As it would have been told then. Returns the replies that say that a hold waits."""
        notice = OutcomeNotice(reading, outcome, why, self._links, outcome.happened_at, doubted_since=replay.since)
        cards = _list_theirs(await tx.cards.list_for_pipeline(outcome.pipeline_id), replay)
        replies = await channel_notices.publish(tx, notice, _select_matching(rules, outcome), cards)
        return replies if outcome.kind == OutcomeKind.ON_HOLD else []


async def _list_rules(tx: Tx, found: Sequence[Outcome], replay: Replay) -> list[Subscription]:
    """The workspace's. They mention nobody: what they tell is over."""
    rules = await tx.subscriptions.list_candidates(found[0]) if found else []
    silent = (replace(rule, rule=replace(rule.rule, mention=())) for rule in rules)
    return [rule for rule in silent if rule.workspace == replay.workspace]


def _select_matching(rules: Sequence[Subscription], outcome: Outcome) -> list[Subscription]:
    """Also rules that were made since: they were lost with the database."""
    return [rule for rule in rules if matches_at_any_age(rule, outcome)]


def _list_theirs(cards: Sequence[Card], replay: Replay) -> list[Card]:
    return [card for card in cards if card.workspace == replay.workspace]
