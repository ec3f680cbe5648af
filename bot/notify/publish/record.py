"""What happened, written down: outcomes, their pipeline as it stands now, and how the jobs of it failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.circleci.previous_runs import get_failures
from bot.circleci.rerun_verdict import judge_run
from bot.domain import Outcome
from bot.notify.readings import Reading
from bot.rules.history import add_failed_tests, classify, merge_previous_run
from bot.rules.outcome import build_outcomes
from bot.store.store import Tx

Explanations = Mapping[str, Explanation]
"""What was found out about outcomes, by their key."""


def list_unknown(reading: Reading, known: Collection[str], now: datetime) -> list[Outcome]:
    """What it shows beside what is `known` by its keys, oldest first."""
    found = build_outcomes(reading.snapshot, reading.project, now, reading.default_branch)
    return [outcome for outcome in found if outcome.key not in known]


async def insert_outcomes(
    tx: Tx, reading: Reading, why: Explanations, known: Collection[str], now: datetime
) -> AsyncIterator[Outcome]:
    """What nobody published before, oldest first, each written down before the next is held against it."""
    for outcome in list_unknown(reading, known, now):
        found = why.get(outcome.key, NOTHING_KNOWN)
        explained = add_failed_tests(outcome, found.jobs)
        past = merge_previous_run(await tx.outcomes.load_past(explained), found.known.before, explained)
        judged = classify(explained, past)
        if await tx.outcomes.insert(judged, now):
            yield judged


def add_verdicts(reading: Reading, fresh: Collection[Outcome], why: Explanations) -> Reading:
    """With what was found out just now of whether reruns are worth it."""
    runs = {run.workflow.id: run for run in reading.snapshot.workflows}
    failed = [(runs[one.workflow_id], why[one.key]) for one in fresh if one.key in why and one.workflow_id in runs]
    number = reading.snapshot.pipeline.number
    found = {run.workflow.id: verdict for run, known in failed if (verdict := judge_run(run, known, number))}
    verdicts = reading.snapshot.verdicts | found
    return replace(reading, snapshot=reading.snapshot.model_copy(update={"verdicts": verdicts})) if found else reading


async def upsert_pipeline(tx: Tx, reading: Reading, now: datetime) -> None:
    """As it stands; its cards are to be drawn anew where it stands otherwise than before."""
    pipeline, text = reading.snapshot.pipeline, reading.snapshot.model_dump_json()
    before = await tx.pipelines.find(pipeline.id)
    if before is None:
        await tx.pipelines.follow(
            pipeline.id, reading.project, pipeline.number, pipeline.branch, pipeline.tag, text, now
        )
    await tx.pipelines.update(
        pipeline.id,
        text,
        pipeline.branch,
        pipeline.tag,
        reading.finished_at,
        reading.next_look_at,
        was_due_at=reading.was_due_at,
    )
    if before is None or before.snapshot != text or reading.abandoned_as:
        await tx.cards.mark_pipeline_dirty(pipeline.id)


async def insert_failures(tx: Tx, reading: Reading, outcome: Outcome, why: Explanation, now: datetime) -> None:
    """The next run is held against this one; a passed run needs no keeping."""
    run = next((run for run in reading.snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    if outcome.kind == "failed" and why.jobs and run and len(why.jobs) == len(run.failed_jobs):
        await tx.failed_tests.insert(run.workflow.id, get_failures(run.jobs or (), why.jobs), now)
