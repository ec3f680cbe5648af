"""What a rule would have posted for the last pipelines, read with the token of the person who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.domain import OutcomeKind, ProjectSlug
from bot.errors import NotFound, UsageError
from bot.rules import durations
from bot.rules.hold_resolution import count_reminders
from bot.rules.match import matches
from bot.rules.outcome import build_outcomes
from bot.rules.replay import DryRun, replay_outcomes
from bot.rules.subscription import Subscription

PIPELINES = 50
_AT_ONCE = 8
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def run(context: Context, rule: Subscription) -> DryRun:
    """Reads only what the person may see, and writes nothing. Raises CircleCIError."""
    pipelines = [pipeline async for pipeline in _list_latest(context, rule)]
    branches = {slug: await _fetch_default_branch(context, slug) for slug in {one.project for one in pipelines}}
    snapshots = {one.pipeline.id: one for one in await _fetch_snapshots(context, pipelines) if one}
    now = context.clock.now()
    found = [
        outcome
        for snapshot in snapshots.values()
        for outcome in build_outcomes(
            snapshot, snapshot.pipeline.project, now, default_branch=branches[snapshot.pipeline.project], decided=True
        )
    ]
    as_if_old = replace(rule, made_at=_LONG_AGO)
    matching = [outcome for outcome in replay_outcomes(found) if matches(as_if_old, outcome)]
    spans = [durations.parse_span(span) for span in rule.rule.remind]
    holds = [outcome for outcome in matching if outcome.kind == OutcomeKind.ON_HOLD]
    reminded = sum(count_reminders(snapshots[outcome.pipeline_id], outcome, spans, now=now) for outcome in holds)
    return DryRun(len(snapshots), list(reversed(matching)), reminded)


async def _list_latest(context: Context, rule: Subscription) -> AsyncIterator[Pipeline]:
    """The newest pipelines that the rule covers, a few pages at most."""
    circleci, slug = context.circleci, rule.scope.exact
    listed = (
        circleci.list_pipelines(slug, pages=5) if slug else circleci.list_org_pipelines(rule.scope.org_slug, pages=5)
    )
    left = PIPELINES
    async for pipeline in listed:
        if left and _is_covered(rule, pipeline):
            left -= 1
            yield pipeline


def _is_covered(rule: Subscription, pipeline: Pipeline) -> bool:
    try:
        return rule.scope.covers(pipeline.project)
    except UsageError:
        return False


async def _fetch_default_branch(context: Context, slug: ProjectSlug) -> str | None:
    return (await context.circleci.fetch_project(slug)).default_branch


async def _fetch_snapshots(context: Context, pipelines: Sequence[Pipeline]) -> list[Snapshot | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read_one(pipeline: Pipeline) -> Snapshot | None:
        async with gate:
            try:
                return await fetch_snapshot(context.circleci, pipeline.id)
            except NotFound:
                return None

    return list(await asyncio.gather(*map(read_one, pipelines)))
