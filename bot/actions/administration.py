"""Reads what an admin looks after: of the workspace in which they ask, and of no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from bot import __version__
from bot.blocks.undelivered_list_blocks import is_on_its_way
from bot.command import Context
from bot.domain.admin_overview import AdministeredWorkspace, AdminOverview, ReplayProgress, RuledProject, SpentBudget
from bot.domain.arrivals import Listener
from bot.domain.people import Installation
from bot.rules.rule_problem import ProblemKind, RuleProblem
from bot.rules.subscription import Subscription
from bot.store.replays import Replay
from bot.store.store import Tx

_MOST_WAITING = 2_000
_REFUSALS = 3
_EXAMINED_S = 2.0
_SEEN_WITHIN = timedelta(minutes=5)


async def examine(context: Context) -> int | None:
    """How many things are wrong; None where something does not answer at once."""
    try:
        async with asyncio.timeout(_EXAMINED_S):
            found = await context.examine(context.request.workspace)
    except TimeoutError:
        return None
    return len({one.symptom.key for one in found if one.symptom})


async def load(context: Context) -> AdminOverview:
    """All of it, at one moment."""
    workspace, now = context.request.workspace, context.clock.now()
    async with context.store.begin_read() as tx:
        waiting = await tx.undelivered.list_all(now, workspace, _MOST_WAITING)
        installed = await tx.installations.find(workspace)
        return AdminOverview(
            now=now,
            people=await tx.administration.list_people(workspace),
            projects=await _load_projects(tx, workspace),
            hooks=await tx.hooks.list_for_workspace(workspace),
            budgets=await _load_budgets(tx, context),
            stuck=sum(not is_on_its_way(one) for one in waiting),
            waiting=sum(map(is_on_its_way, waiting)),
            replays=list(_list_under_way(await tx.replays.list_all(workspace))),
            refusals=await tx.administration.list_refusals(workspace, _REFUSALS),
            release=__version__,
            revision=await tx.administration.find_revision(),
            seen_at=[one.seen_at for one in await tx.listeners.list_all() if _is_seen(one, context)],
            installed_as=installed.name if installed else None,
            installed_at=installed.installed_at if installed else None,
            workspaces=await _load_workspaces(tx, context, installed) if installed and installed.is_org_wide else (),
        )


async def _load_workspaces(tx: Tx, context: Context, installed: Installation) -> list[AdministeredWorkspace]:
    """Of this organisation alone, and those of them that the admin looks after."""
    found, here, now = [], context.request.workspace, context.clock.now()
    for workspace, name in sorted((await tx.org_teams.list_names(installed.workspace)).items()):
        if workspace == here or await context.rights.is_admin_in(tx, workspace):
            people = await tx.administration.list_people(workspace)
            rules = await tx.subscriptions.list_for_workspace(workspace)
            waiting = await tx.undelivered.list_all(now, workspace, _MOST_WAITING)
            stuck = sum(not is_on_its_way(one) for one in waiting)
            connected = sum(one.is_active for one in people)
            found.append(AdministeredWorkspace(workspace, name, connected, len(rules), stuck))
    return found


def _is_seen(listener: Listener, context: Context) -> bool:
    return listener.seen_at > context.clock.now() - _SEEN_WITHIN


async def _load_projects(tx: Tx, workspace: str) -> list[RuledProject]:
    """By what the rules are of, those with problems first."""
    rules = await tx.subscriptions.list_for_workspace(workspace)
    problems = await tx.rule_problems.list_for_rules(rule.id for rule in rules)
    by_name = groupby(sorted(rules, key=_get_name), _get_name)
    found = [_build_project(name, list(same), problems) for name, same in by_name]
    return sorted(found, key=lambda one: -one.troubled)


def _get_name(rule: Subscription) -> str:
    return rule.scope.name


def _build_project(name: str, rules: Sequence[Subscription], problems: dict[int, list[RuleProblem]]) -> RuledProject:
    owners = Counter(rule.made_by for rule in rules).most_common()
    channels = list(dict.fromkeys(rule.channel for rule in rules))
    orphans = [rule.id for rule in rules if any(it.kind is ProblemKind.OWNER for it in problems.get(rule.id, ()))]
    troubled = sum(bool(problems.get(rule.id)) for rule in rules)
    return RuledProject(name, owners, channels, troubled=troubled, orphan=next(iter(orphans), None))


async def _load_budgets(tx: Tx, context: Context) -> list[SpentBudget]:
    """Of this workspace's people, and of the service account."""
    spent = await tx.token_usage.list_last_hour(context.clock.now())
    mine = [one for one in spent if one.owner.workspace in {"", context.request.workspace}]
    return [SpentBudget(one.owner, one.requests, one.an_hour) for one in mine]


def _list_under_way(asked: Sequence[tuple[Replay, int]]) -> Iterator[ReplayProgress]:
    for one, left in asked:
        if one.done_at is None:
            yield ReplayProgress(one.project.name, one.read, left)
