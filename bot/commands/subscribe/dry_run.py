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
from bot.commands.subscribe.tried_deploys import TriedDeploys, fetch_tried_deploys
from bot.domain import OutcomeKind
from bot.errors import NotFound, UsageError
from bot.rules import durations
from bot.rules.hold_resolution import count_reminders
from bot.rules.match import matches, wants_nothing_but_deploys
from bot.rules.outcome import build_outcomes
from bot.rules.replay import DryRun, replay_outcomes
from bot.rules.subscription import Subscription

PIPELINES = 50
_AT_ONCE = 8
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def run(context: Context, rule: Subscription) -> DryRun:
    """Reads only what the person may see, and writes nothing. Raises CircleCIError."""
    pipelines = [pipeline async for pipeline in _list_latest(context, rule)]
    projects = {slug: await context.circleci.fetch_project(slug) for slug in {one.project for one in pipelines}}
    tried = await fetch_tried_deploys(context, rule.rule, projects)
    read = _pick_read(pipelines, rule, tried)
    snapshots = {one.pipeline.id: tried.add_releases(one) for one in await _fetch_snapshots(context, read) if one}
    now = context.clock.now()
    branches = {slug: project.default_branch for slug, project in projects.items()}
    found = [
        outcome
        for snapshot in snapshots.values()
        for outcome in build_outcomes(
            snapshot,
            snapshot.pipeline.project,
            now,
            default_branch=branches[snapshot.pipeline.project],
            decided=True,
        )
    ]
    as_if_old = replace(rule, made_at=_LONG_AGO)
    matching = [outcome for outcome in replay_outcomes(found) if matches(as_if_old, outcome)]
    spans = [durations.parse_span(span) for span in rule.rule.remind]
    holds = [outcome for outcome in matching if outcome.kind == OutcomeKind.ON_HOLD]
    reminded = sum(count_reminders(snapshots[outcome.pipeline_id], outcome, spans, now=now) for outcome in holds)
    return DryRun(
        len(pipelines) - len(read) + len(snapshots),
        list(reversed(matching)),
        reminded,
        untold=tried.untold,
        without=tried.without,
        environments=tried.environments,
    )


def _pick_read(pipelines: Sequence[Pipeline], rule: Subscription, tried: TriedDeploys) -> Sequence[Pipeline]:
    """Of a rule for deploys alone only what deployed: the others would cost two requests each for nothing."""
    if not wants_nothing_but_deploys(rule.rule):
        return pipelines
    deployed = tried.list_pipeline_ids()
    return [one for one in pipelines if one.id in deployed]


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


async def _fetch_snapshots(context: Context, pipelines: Sequence[Pipeline]) -> list[Snapshot | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read_one(pipeline: Pipeline) -> Snapshot | None:
        async with gate:
            try:
                return await fetch_snapshot(context.circleci, pipeline.id)
            except NotFound:
                return None

    return list(await asyncio.gather(*map(read_one, pipelines)))
