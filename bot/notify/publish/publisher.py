"""Publishing in two phases: `plan` reads what a pipeline shows that is new, `commit` writes it down with its notices.

Between the two the poller asks CircleCI why something failed and who may see it: no transaction is open while the
network is. `commit` looks up what is new once more: meanwhile a rule may have changed, or another process may have
published the same. The unique keys of outcomes and notices make a second publication a no-op.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.circleci.failure_summary import build_failure_summaries
from bot.circleci.links import Links
from bot.circleci.previous_runs import get_failures
from bot.circleci.rerun_verdict import judge_run
from bot.clock import Clock
from bot.domain import Outcome, OutcomeKind
from bot.domain.people import Person
from bot.messages import Card
from bot.notify.publish import (
    channel_notices,
    deploy_questions,
    direct_messages,
    escalations,
    held_deploys,
    holds,
    past_failures,
    standings,
)
from bot.notify.publish.channel_notices import ChannelReply, list_immediate_rules, list_recipients
from bot.notify.publish.direct_messages import DmFilter
from bot.notify.publish.outcome_notice import OutcomeNotice
from bot.notify.publish.saved_pipeline import upsert_pipeline
from bot.notify.readings import Explanations, PublishPlan, Reading
from bot.rules.dm_topics import find_topic
from bot.rules.history import add_failed_tests, assume_worst, classify, merge_previous_run
from bot.rules.match import matches
from bot.rules.outcome import build_outcomes
from bot.rules.subscription import Subscription
from bot.store.lookers import build_git_ref
from bot.store.running_deploys import BROUGHT
from bot.store.store import Store, Tx


class Publisher:
    """`wake` wakes delivery, `wake_deploys` who asks about deploys."""

    def __init__(
        self,
        *,
        store: Store,
        links: Links,
        clock: Clock,
        wake: Callable[[], None],
        wake_deploys: Callable[[], None] = lambda: None,
        hit_failpoint: Callable[[str], None],
    ) -> None:
        self._store = store
        self._links = links
        self._clock = clock
        self._wake = wake
        self._wake_deploys = wake_deploys
        self._hit_failpoint = hit_failpoint

    async def plan(self, reading: Reading) -> PublishPlan:
        """What is new, and who would get a direct message about it. Writes nothing.

        Who wants it is looked up only where CircleCI is to be asked about it: `commit` looks it up anyway.
        """
        pipeline_id = reading.snapshot.pipeline.id
        async with self._store.begin_read() as tx:
            known = await tx.outcomes.list_known(pipeline_id, reading.fresh_workflow_ids)
            unknown = _list_unknown(reading, known.kinds, self._clock.now())
            if not any([await _asks_circleci(tx, outcome) for outcome in unknown]):
                stands = not unknown and await _stands_still(tx, reading, known.kinds)
                return PublishPlan(unknown, [], known, still=reading.before if stands else None)
            rules = await tx.subscriptions.list_candidates(unknown[0])
            cards = await tx.cards.list_for_pipeline(pipeline_id)
            new = [classify(outcome, await tx.outcomes.load_past(outcome)) for outcome in unknown]
            readers = {outcome.key: await direct_messages.list_readers(tx, outcome) for outcome in new}
        wanted = [
            outcome
            for outcome in new
            if readers[outcome.key]
            or (cards and outcome.kind == OutcomeKind.FAILED)
            or list_recipients(assume_worst(outcome), _list_matching(rules, assume_worst(outcome)), cards)
        ]
        return PublishPlan(wanted, [reader for outcome in new for reader in readers[outcome.key]], known)

    async def commit(
        self,
        reading: Reading,
        explanations: Explanations,
        viewers: Collection[Person] = (),
        *,
        known: Mapping[str, str] | None = None,
    ) -> None:
        """Write everything in one transaction.

        `viewers` are the plan's readers whose own token sees the project, `known` the kinds of outcomes that it found.
        A crash before the commit changes nothing; after it nothing is lost, since delivery sends what is written.
        """
        async with self._store.begin() as tx:
            if await self._write(tx, reading, explanations, viewers, known=known):
                tx.call_on_commit(self._wake)
            self._hit_failpoint("publish.before_commit")
        self._hit_failpoint("publish.after_commit")

    async def _write(
        self,
        tx: Tx,
        reading: Reading,
        explanations: Explanations,
        viewers: Collection[Person],
        *,
        known: Mapping[str, str] | None,
    ) -> bool:
        """Whether there may be something to send. What is `known` counts while nobody else has written the pipeline."""
        now, pipeline_id = self._clock.now(), reading.snapshot.pipeline.id
        new = [outcome async for outcome in _insert_outcomes(tx, reading, explanations, known or {}, now)]
        rules = await tx.subscriptions.list_candidates(new[0]) if new else []
        reading = await held_deploys.update_ahead(tx, add_reasons(reading, new, explanations), now)
        saved = await upsert_pipeline(tx, reading, now)
        if known is None or not saved.undisturbed:
            known = await tx.outcomes.list_kinds(pipeline_id)
        held: list[ChannelReply] = []
        cards: list[Card] | None = None
        for outcome in new:
            cards = await tx.cards.list_for_pipeline(pipeline_id)
            why = explanations.get(outcome.key, NOTHING_KNOWN)
            await insert_failures(tx, reading, outcome, why, now)
            notice = OutcomeNotice(reading, outcome, why, self._links, now)
            held += await _publish_outcome(tx, notice, _list_matching(rules, outcome), viewers, cards=cards)
            await past_failures.close_notices(tx, outcome, reading.snapshot, self._links)
        await self._ask_about_deploys(tx, reading, now)
        if reading.of_deploys:
            if saved.changed and saved.undisturbed and reading.snapshot.pending_holds:
                await holds.update_notices(tx, reading, self._links, now)
            return bool(new) or saved.changed
        may_wait = OutcomeKind.ON_HOLD in {*known.values(), *(outcome.kind for outcome in new)}
        if may_wait:
            await self._tell_of_holds(tx, reading, held, now)
        if reading.finished_at and reading.snapshot.status == "success":
            await _end_looking(tx, reading)
        if reading.finished_at and not reading.abandoned_as:
            cards = await tx.cards.list_for_pipeline(pipeline_id) if cards is None else cards
            await channel_notices.publish_end(tx, reading, cards, self._links, now=now)
        return bool(new) or saved.changed or may_wait or reading.finished_at is not None

    async def _ask_about_deploys(self, tx: Tx, reading: Reading, now: datetime) -> None:
        if await deploy_questions.ask(tx, reading, now):
            tx.call_on_commit(self._wake_deploys)

    async def _tell_of_holds(self, tx: Tx, reading: Reading, held: list[ChannelReply], now: datetime) -> None:
        await holds.announce(tx, reading, held, self._links, now)
        await standings.restate(tx, reading, now)
        await standings.drop_expired(tx, reading, now)
        await holds.update_notices(tx, reading, self._links, now)
        await holds.remind(tx, reading, self._links, now)
        await escalations.ask_others(tx, reading, self._links, now)


async def _end_looking(tx: Tx, reading: Reading) -> None:
    """The branch is well again: nobody looks into it any more, and the cards that said so no longer do."""
    pipeline = reading.snapshot.pipeline
    ref = build_git_ref(pipeline.branch, pipeline.tag)
    since = await tx.lookers.delete_for_recovery(reading.project, ref, pipeline.number)
    if since is not None:
        await tx.cards.mark_ref_dirty(reading.project, pipeline.branch, pipeline.tag, since=since)


async def _publish_outcome(
    tx: Tx, notice: OutcomeNotice, rules: Sequence[Subscription], viewers: Collection[Person], *, cards: Sequence[Card]
) -> list[ChannelReply]:
    """In every channel that wants it or has a board, and by direct message to the people whose pipeline it is.

    Returns the replies that still have to be written: those that say that a hold waits.
    """
    replies = await channel_notices.publish(tx, notice, rules, cards)
    if notice.outcome.kind in BROUGHT:
        await tx.boards.redraw_all_of(notice.outcome.project)
    if notice.outcome.kind == OutcomeKind.ON_HOLD:
        told = {rule.workspace for rule in rules} | {card.workspace for card in cards}
        await standings.open_all(tx, notice.reading, notice.outcome, told, notice.now)
        await holds.schedule_reminders(tx, notice.outcome, rules, notice.now)
    mentioned = [person for reply in replies for person in reply.mentioned]
    await direct_messages.publish(tx, notice, DmFilter(viewers, cards, list_immediate_rules(rules), mentioned))
    return replies if notice.outcome.kind == OutcomeKind.ON_HOLD else []


async def _stands_still(tx: Tx, reading: Reading, known: Mapping[str, str]) -> bool:
    """Nothing moves, nothing waits, and nobody is still to be told of its end: who asked for a card may do so later."""
    waits = reading.snapshot.pending_holds or OutcomeKind.ON_HOLD in known.values()
    if not reading.is_as_before or waits or deploy_questions.has_moved(reading):
        return False
    cards = await tx.cards.list_for_pipeline(reading.snapshot.pipeline.id) if reading.finished_at else []
    return not any(card.asked_by for card in cards)


async def _asks_circleci(tx: Tx, outcome: Outcome) -> bool:
    """Why it failed or what it mended, or whether a person may see it: of no other outcome is that asked."""
    if outcome.kind == OutcomeKind.PASSED and not outcome.deploy:
        outcome = classify(outcome, await tx.outcomes.load_standing(outcome))
    return find_topic(outcome) is not None


def _list_matching(rules: Sequence[Subscription], outcome: Outcome) -> list[Subscription]:
    return [rule for rule in rules if matches(rule, outcome)]


def _list_unknown(reading: Reading, known: Collection[str], now: datetime) -> list[Outcome]:
    """The outcomes that it shows but for those with a `known` key, oldest first."""
    outcomes = build_outcomes(reading.snapshot, reading.project, now, default_branch=reading.default_branch)
    told = (outcome for outcome in outcomes if outcome.deploy or not reading.of_deploys)
    return [outcome for outcome in told if outcome.key not in known]


async def _insert_outcomes(
    tx: Tx, reading: Reading, explanations: Explanations, known: Collection[str], now: datetime
) -> AsyncIterator[Outcome]:
    """The outcomes that nobody published before, oldest first: each is compared with what is written by then."""
    for outcome in _list_unknown(reading, known, now):
        classified = await classify_explained(tx, outcome, explanations.get(outcome.key, NOTHING_KNOWN))
        if await tx.outcomes.insert(classified, now):
            yield classified


async def classify_explained(tx: Tx, outcome: Outcome, why: Explanation) -> Outcome:
    """With what it means after what is written by now."""
    explained = add_failed_tests(outcome, why.jobs)
    past = merge_previous_run(await tx.outcomes.load_past(explained), why.known.before, explained)
    return classify(explained, past)


def add_reasons(reading: Reading, new: Collection[Outcome], explanations: Explanations) -> Reading:
    """With what the explanations say of why it failed, and of whether a rerun is worth it: the card shows that."""
    snapshot = reading.snapshot
    runs = {run.workflow.id: run for run in snapshot.workflows}
    told = [
        (runs[one.workflow_id], explanations[one.key])
        for one in new
        if one.key in explanations and one.workflow_id in runs
    ]
    judged = {run.workflow.id: judge_run(run, why, snapshot.pipeline.number) for run, why in told}
    verdicts = {workflow: verdict for workflow, verdict in judged.items() if verdict}
    failures = {run.workflow.id: found for run, why in told if (found := build_failure_summaries(why))}
    if not verdicts and not failures:
        return reading
    more = {"verdicts": snapshot.verdicts | verdicts, "failures": snapshot.failures | failures}
    return replace(reading, snapshot=snapshot.model_copy(update=more))


async def insert_failures(tx: Tx, reading: Reading, outcome: Outcome, why: Explanation, now: datetime) -> None:
    """The next run is compared with this one; a run that passed needs no row."""
    run = next((run for run in reading.snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    if outcome.kind == OutcomeKind.FAILED and why.jobs and run and len(why.jobs) == len(run.failed_jobs):
        await tx.failed_tests.insert(run.workflow.id, get_failures(run.jobs or (), why.jobs), now)
