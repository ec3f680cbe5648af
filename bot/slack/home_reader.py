"""What a person's Home shows: read with their own token when they open it, and from the store alone in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import ParamSpec, TypeVar

from bot.actions import act_targets, visible_projects
from bot.actions.first_steps import load_first_steps
from bot.actions.pipeline_list import fetch_snapshots
from bot.blocks.action_blocks import list_approvable
from bot.blocks.first_steps_blocks import FirstSteps
from bot.blocks.home_blocks import HomeContent, HomePreset, Known
from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline
from bot.command import Context
from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.domain.people import Account
from bot.errors import HIDDEN, CircleCIError, Unauthorized, UsageError
from bot.rules.match import covers_ref, wants_failures
from bot.rules.saved_preset import Preset
from bot.rules.subscription import Subscription
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Tx

_ORGS, _OWN, _WAITING, _RED, _PRESETS, _RULES = 5, 5, 5, 10, 5, 50
_RED_FOR = timedelta(days=14)
"""A branch that has not run for so long is of no interest any more, whatever its last end was."""

P = ParamSpec("P")
T = TypeVar("T")

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CircleCIReading:
    """What CircleCI told of a person: the projects that they see, what is theirs, and names of opaque projects."""

    seen: frozenset[ProjectSlug] = frozenset()
    own: Sequence[Known] = ()
    names: dict[ProjectSlug, str] = field(default_factory=dict)
    warning: str = ""


@dataclass(frozen=True, slots=True)
class _StoredReading:
    """What the store knows besides, of projects that the person sees."""

    unfinished: Sequence[FollowedPipeline]
    own: Sequence[FollowedPipeline]
    logins: frozenset[str]
    rules: Sequence[Subscription]
    projects: Collection[ProjectSlug]
    ends: Sequence[Outcome]
    running: Sequence[Outcome]
    presets: Sequence[HomePreset]
    steps: FirstSteps


async def fetch(context: Context) -> CircleCIReading:
    """Asks CircleCI; where it fails, `warning` says so. Raises Unauthorized."""
    (seen, warning), (own, more_warning) = await asyncio.gather(
        _catch_error(frozenset(), visible_projects.list_slugs, context), _catch_error((), _list_own, context)
    )
    opaque = [*seen, *(project for project, _ in own)]
    names = {} if warning else await visible_projects.fetch_names(context, opaque)
    return CircleCIReading(seen, own, names, warning or more_warning)


async def load(context: Context, account: Account, told: CircleCIReading) -> HomeContent:
    """All that the Home shows, by what CircleCI told last and what the store knows now."""
    async with context.store.begin_read() as tx:
        stored = await _load_stored(tx, account, told, now=context.clock.now())
    own = _merge_own(told.own, stored)
    waiting = [(one.project, one.snapshot) for one in stored.unfinished if one.snapshot.pending_holds]
    return HomeContent(
        account=account,
        steps=stored.steps,
        waiting=await _select_allowed(context, waiting),
        own=own,
        red=[end for end in stored.ends if end.kind != OutcomeKind.PASSED and _is_followed(end, stored, own)][:_RED],
        presets=stored.presets[:_PRESETS],
        names=told.names,
        running=stored.running,
        has_rules=bool(stored.rules or stored.projects),
        warning=told.warning,
    )


async def _load_stored(tx: Tx, account: Account, told: CircleCIReading, *, now: datetime) -> _StoredReading:
    workspace, user = account.workspace, account.user
    made = await tx.subscriptions.list_made_by(workspace, user, _RULES)
    used = {*await tx.cards.list_channels_asked_in(workspace, user), *(rule.channel for rule in made)}
    rules = [*{rule.id: rule for rule in [*made, *await tx.subscriptions.list_in_channels(workspace, used)]}.values()]
    projects = {*(await tx.channels.list_projects_by_channel(workspace, used)).values()}
    covered = await tx.coverage.list_projects_by_rule([rule.id for rule in rules])
    begun = {project for project, _ in told.own}
    followed = {*projects, *begun, *(project for several in covered.values() for project in several)} & told.seen
    presets = await tx.presets.list_for_channel(workspace, None)
    asked = await tx.cards.list_asked(workspace, user, _OWN)
    return _StoredReading(
        unfinished=await tx.pipelines.list_unfinished(told.seen),
        own=await tx.pipelines.list_by_ids({*asked, *(snapshot.pipeline.id for _, snapshot in told.own)}),
        logins=frozenset(one.login.casefold() for one in await tx.logins.list_for_user(workspace, user)),
        rules=rules,
        projects=projects,
        ends=await tx.outcomes.list_newest_ends(followed, now - _RED_FOR) if followed else [],
        running=await tx.running_deploys.list_for(followed, now),
        presets=[_build_preset(one) for one in presets if one.project in told.seen],
        steps=await load_first_steps(tx, account, told.seen),
    )


def _build_preset(preset: Preset) -> HomePreset:
    return HomePreset(preset.name, preset.project, preset.branch or preset.tag)


def _is_followed(end: Outcome, stored: _StoredReading, own: Sequence[Known]) -> bool:
    """By the person's own rules and by what the channels follow that they use; else as a branch that they ran on.

    A rule for approvals alone makes no branch one whose failures matter to the person.
    """
    if any(covers_ref(rule, end) and wants_failures(rule.rule) for rule in stored.rules):
        return True
    if end.on_default and end.project in stored.projects:
        return True
    return (end.project, end.branch or end.tag) in {(project, one.pipeline.ref) for project, one in own}


async def _select_allowed(context: Context, waiting: Sequence[Known]) -> list[Known]:
    """Those that the workspace's policy lets the person approve, as far as it is known."""
    allowed = [known for known in waiting if list_approvable(known[1]) and await _may_approve(context, known)]
    return allowed[:_WAITING]


async def _may_approve(context: Context, known: Known) -> bool:
    project, snapshot = known
    target = act_targets.build_pipeline_target(snapshot.pipeline, project)
    return (await context.rights.find_verdict(target, "approve", final=False)).allowed


def _merge_own(told: Sequence[Known], stored: _StoredReading) -> list[Known]:
    """As the store knows them, where it does; what began since, too. The newest first."""
    newer = {one.id: (one.project, one.snapshot) for one in (*stored.own, *stored.unfinished)}
    begun = {key: known for key, known in newer.items() if _get_actor(known) in stored.logins}
    merged = {snapshot.pipeline.id: newer.get(snapshot.pipeline.id, (slug, snapshot)) for slug, snapshot in told}
    own = sorted((merged | begun).values(), key=lambda known: _get_created_at(known[1].pipeline), reverse=True)
    return own[:_OWN]


def _get_actor(known: Known) -> str:
    return (known[1].pipeline.actor_login or "").casefold()


def _get_created_at(pipeline: Pipeline) -> datetime:
    return pipeline.created_at or _LONG_AGO


async def _catch_error(
    nothing: T, fetch: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> tuple[T, str]:
    """A part of it, or `nothing` and why. Raises Unauthorized."""
    try:
        return await fetch(*args, **kwargs), ""
    except Unauthorized:
        raise
    except CircleCIError as error:
        return nothing, error.message


async def _list_own(context: Context) -> Sequence[Known]:
    """The latest pipelines that the person started, over all their organisations."""
    orgs = [org.slug for org in await context.circleci.list_collaborations() if org.slug][:_ORGS]
    found = await asyncio.gather(*(_list_own_in_org(context.circleci, org) for org in orgs))
    newest = list(_pair_with_project(sorted(chain(*found), key=_get_created_at, reverse=True)))[:_OWN]
    snapshots = await fetch_snapshots(context.circleci, [pipeline for _, pipeline in newest])
    return [(project, snapshot) for (project, _), snapshot in zip(newest, snapshots, strict=True)]


async def _list_own_in_org(circleci: CircleCI, org: str) -> list[Pipeline]:
    """None in an organisation that CircleCI hides."""
    try:
        return [pipeline async for pipeline in circleci.list_org_pipelines(org, mine=True, pages=1)]
    except HIDDEN:
        return []


def _pair_with_project(pipelines: Iterable[Pipeline]) -> Iterable[tuple[ProjectSlug, Pipeline]]:
    """Leaves out slugs of a form that we do not know."""
    for pipeline in pipelines:
        try:
            yield pipeline.project, pipeline
        except UsageError:
            continue
