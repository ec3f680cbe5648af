"""What happened, written down: outcomes, their pipeline as it stands now, and how the jobs of it failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime

from bot.circleci.earlier import failures_in
from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.domain import Outcome
from bot.judging.history import classified, with_before, with_tests
from bot.judging.outcome import outcomes
from bot.notify.reading import Reading
from bot.store.store import Tx

Why = Mapping[str, Explanation]
"""What was found out about outcomes, by their key."""


def unknown(reading: Reading, known: Collection[str], now: datetime) -> list[Outcome]:
    """What it shows beside what is `known` by its keys, oldest first."""
    found = outcomes(reading.snapshot, reading.project, now, reading.default_branch)
    return [outcome for outcome in found if outcome.key not in known]


async def fresh(tx: Tx, reading: Reading, why: Why, known: Collection[str], now: datetime) -> AsyncIterator[Outcome]:
    """What nobody published before, oldest first, each written down before the next is held against it."""
    for outcome in unknown(reading, known, now):
        found = why.get(outcome.key, NOTHING_KNOWN)
        explained = with_tests(outcome, found.jobs)
        past = with_before(await tx.outcomes.past(explained), found.known.before, explained)
        judged = classified(explained, past)
        if await tx.outcomes.add(judged, now):
            yield judged


async def keep_pipeline(tx: Tx, reading: Reading, now: datetime) -> None:
    """As it stands; its cards are to be drawn anew where it stands otherwise than before."""
    pipeline, text = reading.snapshot.pipeline, reading.snapshot.model_dump_json()
    before = await tx.pipelines.get(pipeline.id)
    if before is None:
        await tx.pipelines.follow(
            pipeline.id, reading.project, pipeline.number, pipeline.branch, pipeline.tag, text, now
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


async def keep_failures(tx: Tx, reading: Reading, outcome: Outcome, why: Explanation, now: datetime) -> None:
    """The next run is held against this one; a passed run needs no keeping."""
    run = next((run for run in reading.snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    if outcome.kind == "failed" and why.jobs and run and len(why.jobs) == len(run.failed_jobs):
        await tx.failed_tests.keep(run.workflow.id, failures_in(run.jobs or (), why.jobs), now)
