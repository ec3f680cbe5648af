"""To publish: in one transaction, write what happened, which cards must change, and what is to be said where.

What happened is in record.py; who is told of it in channel_notices.py, hold_reminders.py and pipeline_end.py.

A crash before it changes nothing, a crash after it loses nothing: delivery sends what is written. The unique keys of
outcomes and notices make a second publication of the same a no-op, whether a poller or a webhook brings it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.circleci.explanation import NOTHING_KNOWN
from bot.circleci.links import Links
from bot.clock import Clock
from bot.notify.publish import direct_messages, hold_reminders, holds, pipeline_end, record
from bot.notify.publish.channel_notices import Audience, OutcomeNotice, publish_outcome
from bot.notify.publish.recipients import list_recipients
from bot.notify.publish.record import Explanations
from bot.notify.readings import Reading, UnpublishedOutcomes
from bot.rules.history import assume_worst, classify
from bot.store.dm_preferences import Person
from bot.store.store import Store, Tx


class Publisher:
    def __init__(
        self,
        *,
        store: Store,
        links: Links,
        clock: Clock,
        nudge: Callable[[], None],
        reach: Callable[[str], None],
    ) -> None:
        self._store = store
        self._links = links
        self._clock = clock
        self._nudge = nudge
        self._hit_failpoint = reach

    async def list_unpublished(self, reading: Reading) -> UnpublishedOutcomes:
        """What this reading shows that is not published yet and that somebody wants to hear: worth asking why."""
        pipeline_id = reading.snapshot.pipeline.id
        async with self._store.begin_read() as tx:
            unknown = record.list_unknown(reading, await tx.outcomes.list_kinds(pipeline_id), self._clock.now())
            if not unknown:
                return UnpublishedOutcomes([], [])
            rules = await tx.subscriptions.list_candidates(unknown[0])
            cards = await tx.cards.list_for_pipeline(pipeline_id)
            fresh = [classify(found, await tx.outcomes.load_past(found)) for found in unknown]
            readers = {found.key: await direct_messages.list_readers(tx, found) for found in fresh}
        wanted = [found for found in fresh if readers[found.key] or list_recipients(assume_worst(found), rules, cards)]
        return UnpublishedOutcomes(wanted, [reader for found in fresh for reader in readers[found.key]])

    async def publish(self, reading: Reading, why: Explanations, seeing: Collection[Person] = ()) -> None:
        """Write it all down, once. `seeing` are those of the news' readers whose own token sees the project."""
        async with self._store.begin() as tx:
            await self._write(tx, reading, why, seeing)
            self._hit_failpoint("publish.before_commit")
        self._hit_failpoint("publish.after_commit")
        self._nudge()

    async def _write(self, tx: Tx, reading: Reading, why: Explanations, seeing: Collection[Person]) -> None:
        now = self._clock.now()
        known = await tx.outcomes.list_kinds(reading.snapshot.pipeline.id)
        fresh = [one async for one in record.insert_outcomes(tx, reading, why, known, now)]
        rules = await tx.subscriptions.list_candidates(fresh[0]) if fresh else []
        reading = record.add_verdicts(reading, fresh, why)
        await record.upsert_pipeline(tx, reading, now)
        for outcome in fresh:
            explained = why.get(outcome.key, NOTHING_KNOWN)
            await record.insert_failures(tx, reading, outcome, explained, now)
            await publish_outcome(
                tx, OutcomeNotice(reading, outcome, explained, self._links, now), Audience(rules, seeing)
            )
        if "on-hold" in {*known.values(), *(outcome.kind for outcome in fresh)}:
            await holds.update_notices(tx, reading, self._links, now)
            await hold_reminders.remind(tx, reading, self._links, now)
        if reading.finished_at and not reading.abandoned_as:
            await pipeline_end.tell_askers(tx, reading, self._links, now)
