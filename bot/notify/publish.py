"""To publish: in one transaction, write what happened, which cards must change, and what is to be said where.

A crash before it changes nothing, a crash after it loses nothing: delivery sends what is written. The unique keys of
outcomes and notices make a second publication of the same a no-op, whether a poller or a webhook brings it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.blocks import notice as said
from bot.blocks.card import name_of
from bot.blocks.mention import below
from bot.circleci.earlier import failures_in
from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.domain import About, Card, Message, Outcome, ProjectSlug, Subscription
from bot.judging.history import classified, presumed, with_tests
from bot.judging.hold import Fate
from bot.judging.match import matches
from bot.judging.outcome import outcomes
from bot.judging.placement import DIGEST, MESSAGE, Hold, Placement, placed
from bot.judging.silence import Kept
from bot.notify import holds, mention, personal
from bot.notify.habits import habits
from bot.notify.mention import Told
from bot.notify.personal import Elsewhere, Reader
from bot.notify.places import Place, asks, at_once, places
from bot.store.people import Person
from bot.store.store import Store, Tx

Why = Mapping[str, Explanation]
"""What was found out about outcomes, by their key."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pipeline as it was read at `read_at`, because it was due at `was_due_at`.

    `finished_at` is None while it may move. With `left` it is followed no longer, though it may.
    """

    project: ProjectSlug
    snapshot: Snapshot
    finished_at: datetime | None
    next_look_at: datetime | None
    was_due_at: datetime | None
    read_at: datetime
    default_branch: str | None = None
    left: Fate | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is worth asking why, and who would be written to about it if their token sees the project."""

    outcomes: list[Outcome]
    readers: list[Reader]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears of a project: its rules, and people whose own token sees it."""

    rules: Sequence[Subscription]
    seeing: Collection[Person]


@dataclass(frozen=True, slots=True)
class _Telling:
    """One outcome that is being told, with its reason."""

    reading: Reading
    outcome: Outcome
    why: Explanation
    now: datetime


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
        self._reach = reach

    async def news(self, reading: Reading) -> News:
        """What this reading shows that is not published yet and that somebody wants to hear: worth asking why."""
        pipeline_id = reading.snapshot.pipeline.id
        async with self._store.read() as tx:
            known = await tx.outcomes.known(pipeline_id)
            unknown = [found for found in self._found(reading) if found.key not in known]
            if not unknown:
                return News([], [])
            rules = await tx.subscriptions.of_project(reading.project)
            cards = await tx.cards.of_pipeline(pipeline_id)
            fresh = [classified(found, await tx.outcomes.past(found)) for found in unknown]
            readers = {found.key: await personal.readers(tx, found) for found in fresh}
        wanted = [found for found in fresh if readers[found.key] or places(presumed(found), rules, cards)]
        return News(wanted, [reader for found in fresh for reader in readers[found.key]])

    async def publish(self, reading: Reading, why: Why, seeing: Collection[Person] = ()) -> None:
        """Write it all down, once. `seeing` are those of the news' readers whose own token sees the project."""
        async with self._store.begin() as tx:
            known = await tx.outcomes.known(reading.snapshot.pipeline.id)
            fresh = [one async for one in self._fresh(tx, reading, why, known)]
            rules = await tx.subscriptions.of_project(reading.project) if fresh else []
            await self._save(tx, reading)
            for outcome in fresh:
                await self._keep_failures(tx, reading, outcome, why.get(outcome.key, NOTHING_KNOWN))
                await self._tell(tx, reading, outcome, why.get(outcome.key, NOTHING_KNOWN), Audience(rules, seeing))
            if "on-hold" in {*known.values(), *(outcome.kind for outcome in fresh)}:
                await self._see_to_holds(tx, reading)
            if reading.finished_at and not reading.left:
                await self._tell_askers(tx, reading)
            self._reach("publish.before_commit")
        self._reach("publish.after_commit")
        self._nudge()

    async def _fresh(self, tx: Tx, reading: Reading, why: Why, known: Collection[str]) -> AsyncIterator[Outcome]:
        """What nobody published before, oldest first, each written down before the next is held against it."""
        for outcome in [found for found in self._found(reading) if found.key not in known]:
            explained = with_tests(outcome, why.get(outcome.key, NOTHING_KNOWN).jobs)
            judged = classified(explained, await tx.outcomes.past(explained))
            if await tx.outcomes.add(judged, self._clock.now()):
                yield judged

    def _found(self, reading: Reading) -> list[Outcome]:
        return outcomes(reading.snapshot, reading.project, self._clock.now(), reading.default_branch)

    async def _save(self, tx: Tx, reading: Reading) -> None:
        pipeline, text = reading.snapshot.pipeline, reading.snapshot.model_dump_json()
        before = await tx.pipelines.get(pipeline.id)
        if before is None:
            await tx.pipelines.follow(
                pipeline.id, reading.project, pipeline.number, pipeline.branch, pipeline.tag, text, self._clock.now()
            )
        await tx.pipelines.save(
            pipeline.id,
            text,
            pipeline.branch,
            pipeline.tag,
            reading.finished_at,
            reading.next_look_at,
            was_due_at=reading.was_due_at,
        )
        if before is None or before.snapshot != text or reading.left:
            await tx.cards.dirty(pipeline.id)

    async def _keep_failures(self, tx: Tx, reading: Reading, outcome: Outcome, why: Explanation) -> None:
        """The next run is held against this one; a passed run needs no keeping."""
        run = next((run for run in reading.snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
        if outcome.kind == "failed" and why.jobs and run and len(why.jobs) == len(run.failed_jobs):
            failures = failures_in(run.jobs or (), why.jobs)
            await tx.failed_tests.keep(run.workflow.id, failures, self._clock.now())

    async def _tell(self, tx: Tx, reading: Reading, outcome: Outcome, why: Explanation, audience: Audience) -> None:
        """To each channel as its rules say: in the card's thread, or later, in a digest.

        Where the card stands already the channel hears it too, if a rule wants that: a changed card is silent. And to
        those whose pipeline it is, by direct message.
        """
        cards = {(card.workspace, card.channel): card for card in await tx.cards.of_pipeline(outcome.pipeline_id)}
        telling = _Telling(reading, outcome, why, self._clock.now())
        mentioned: list[Person] = []
        for place, asking in places(outcome, audience.rules, cards.values()).items():
            mentioned += await self._tell_place(tx, telling, place, asking, cards.get(place))
        asking = [rule for rule in audience.rules if matches(rule, outcome)]
        elsewhere = Elsewhere(audience.seeing, cards.values(), at_once(asking), mentioned)
        if outcome.kind == "on-hold":
            await holds.promise(tx, outcome, asking, telling.now)
        await personal.write(tx, outcome, reading.snapshot, self._letter(telling), elsewhere, telling.now)

    async def _tell_place(
        self, tx: Tx, telling: _Telling, place: Place, asking: Sequence[Subscription], standing: Card | None
    ) -> list[Person]:
        """Answers who is mentioned there."""
        outcome, snapshot = telling.outcome, telling.reading.snapshot
        where = await self._placed(tx, outcome, place, asking, standing) if asking else None
        if where and where.hold:
            await self._keep(tx, telling.reading, outcome, place, where.rule_id, where.hold)
        if where and where.to == DIGEST and not asks(standing, outcome):
            return []
        card = standing or await tx.cards.want(*place, outcome.pipeline_id, None, telling.now)
        loud = where is not None and where.to == MESSAGE and standing is not None and standing.ts is not None
        told = Told(outcome.key, snapshot, place, telling.now)
        concerned = await mention.concerned(tx, outcome, told, [] if where and where.hold else at_once(asking))
        message = below(said.notice(outcome, snapshot, telling.why, self._links), concerned)
        await self._say(tx, outcome.key, card, message, broadcast=loud, about=holds.about(outcome))
        return [(place[0], one.slack_id) for one in concerned if one.slack_id]

    def _letter(self, telling: _Telling) -> Message:
        """What a direct message tells of it."""
        outcome, snapshot = telling.outcome, telling.reading.snapshot
        if outcome.kind == "on-hold":
            return holds.together(outcome, snapshot, self._links)
        return said.notice(outcome, snapshot, telling.why, self._links)

    async def _placed(
        self, tx: Tx, outcome: Outcome, place: Place, asking: Sequence[Subscription], card: Card | None
    ) -> Placement:
        now = self._clock.now()
        standing = card is not None and card.gone_reason is None
        return placed(asking, outcome, await habits(tx, *place, now), now, standing=standing)

    async def _keep(self, tx: Tx, reading: Reading, outcome: Outcome, place: Place, rule_id: int, hold: Hold) -> None:
        """The digest that it goes into is made when it is due (digest.py)."""
        name = name_of(reading.snapshot, reading.project)
        await tx.kept.add(Kept(outcome, *place, name, rule_id, hold.why, hold.until, hold.by), self._clock.now())

    async def _see_to_holds(self, tx: Tx, reading: Reading) -> None:
        """Those that are decided are told no more as waiting; of those that wait, whoever wants it is reminded."""
        pipeline_id, now = reading.snapshot.pipeline.id, self._clock.now()
        known = (reading.snapshot, reading.project, self._links, now)
        await holds.conclude(tx, *known, otherwise=reading.left)
        if reading.finished_at:
            await tx.reminders.drop_all(pipeline_id)
        elif now - reading.read_at < holds.TRUE_FOR:
            for due in await holds.due(tx, *known):
                await self._remind(tx, due, now)
        if next_at := await tx.reminders.next_at(pipeline_id):
            await tx.pipelines.look_by(pipeline_id, next_at)

    async def _remind(self, tx: Tx, due: holds.Due, now: datetime) -> None:
        """In the card's thread, which is there by now unless everything went into a digest."""
        first, good_until = due.reminders[0], now + holds.TRUE_FOR
        card = await tx.cards.want(first.workspace, first.channel, first.pipeline_id, None, now)
        about = About(first.pipeline_id, tuple(one.hold for one in due.reminders))
        key = f"{first.hold}:remind:{int(first.due_at.timestamp())}"
        await self._say(tx, key, card, due.message, broadcast=due.loud, about=about, good_until=good_until)

    async def _tell_askers(self, tx: Tx, reading: Reading) -> None:
        """The pipeline is over: whoever asked for it is mentioned, once for each end (a rerun ends again).

        Not who ended it themselves; and who was mentioned for it before is spared the ping.
        """
        snapshot = reading.snapshot
        runs = ",".join(sorted(run.workflow.id for run in snapshot.newest()))
        key = f"end:{snapshot.pipeline.id}:{sha256(runs.encode()).hexdigest()[:16]}"
        for card in await tx.cards.of_pipeline(snapshot.pipeline.id):
            asked_by = card.asked_by
            if asked_by is None or await tx.outbox.has(_key(key, card)):
                continue
            if asked_by in await mention.canceled_by(tx, snapshot, card.workspace):
                continue
            told = Told(key, snapshot, (card.workspace, card.channel), self._clock.now())
            to = asked_by if await mention.person(tx, asked_by, told) else None
            await self._say(tx, key, card, said.ended(snapshot, reading.project, to, self._links))

    async def _say(
        self,
        tx: Tx,
        key: str,
        card: Card,
        message: Message,
        *,
        broadcast: bool = False,
        about: About | None = None,
        good_until: datetime | None = None,
    ) -> None:
        await tx.outbox.add(
            _key(key, card),
            card.workspace,
            card.channel,
            message,
            card_id=card.id,
            broadcast=broadcast,
            about=about,
            good_until=good_until,
            now=self._clock.now(),
        )


def _key(key: str, card: Card) -> str:
    """What is told once in this card's thread."""
    return f"{key}:{card.workspace}:{card.channel}"
