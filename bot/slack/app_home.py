"""The App Home: gathered afresh whenever it is opened, with the person's own token."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from bot.actions import mute_changes, profile_changes, visible_projects
from bot.actions.pipeline_list import fetch_snapshots
from bot.blocks import error_blocks, home_blocks, kit
from bot.blocks.home_blocks import HomeContent, Known
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from bot.clock import Clock
from bot.command import Command, Context, Request, RequestSource
from bot.dispatch.admission import Admission
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.errors import HIDDEN, CircleCIError, NotAllowed, Unauthorized, UsageError
from bot.slack.clients import SlackClients
from bot.store.store import Store

_ORGS, _MINE, _WAITING, _RULES = 5, 5, 5, 10
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class AppHome:
    def __init__(
        self,
        *,
        clients: SlackClients,
        store: Store,
        clock: Clock,
        links: Links,
        circleci: CircleCIPool,
        commands: Sequence[Command[Any]],
        admission: Admission,
    ) -> None:
        self._admission = admission
        self._clients = clients
        self._store = store
        self._clock = clock
        self._links = links
        self._circleci = circleci
        self._commands = commands

    async def publish(self, workspace: str, user: str) -> None:
        """Draw this person's Home from the current state."""
        client = await self._clients.find(workspace)
        if client is None:
            return
        drawn = await self._build_blocks(workspace, user)
        await client.views_publish(user_id=user, view={"type": "home", "blocks": drawn[:100]})

    async def _build_blocks(self, workspace: str, user: str) -> list[kit.Block]:
        try:
            await self._admission.admit(Request(workspace, user, "", RequestSource.SHORTCUT, "home"))
        except NotAllowed as refusal:
            return error_blocks.render_blocks(refusal)
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(workspace, user)
        if not (account and account.is_active):
            return home_blocks.render_welcome(account, self._commands)
        try:
            content = await self._fetch_content(account)
        except Unauthorized:
            async with self._store.begin() as tx:
                await tx.accounts.mark_expired(account)
            return await self._build_blocks(workspace, user)
        return home_blocks.render(content, self._commands, links=self._links, now=self._clock.now())

    def _build_context(self, account: Account) -> Context:
        """What a command would get, had the person said something."""
        request = Request(account.workspace, account.user, "", RequestSource.SHORTCUT, "home")
        return Context(
            request=request,
            circleci=self._circleci.bind(account.token),
            store=self._store,
            clock=self._clock,
            links=self._links,
            wake=lambda: None,
            account=account,
            commands=self._commands,
        )

    async def _fetch_content(self, account: Account) -> HomeContent:
        """Everything that it shows; when CircleCI fails, what there is without it. Raises Unauthorized."""
        context = self._build_context(account)
        async with self._store.begin_read() as tx:
            rules = await tx.subscriptions.list_made_by(account.workspace, account.user, _RULES)
        (waiting, warning), (mine, more_warning) = await asyncio.gather(
            _catch_error(_list_waiting(context)), _catch_error(_list_mine(context))
        )
        projects = [
            *(rule.scope.exact for rule in rules if rule.scope.exact),
            *(project for project, _ in (*waiting, *mine)),
        ]
        names = {} if warning else await visible_projects.fetch_names(context, projects)
        async with self._store.begin_read() as tx:
            problems = await tx.rule_problems.list_for_rules(rule.id for rule in rules)
        linked = await profile_changes.load_settings(context)
        muted = await mute_changes.list_active(context, {rule.channel for rule in rules})
        return HomeContent(account, waiting, mine, rules, names, linked, warning or more_warning, problems, muted)


async def _catch_error(part: Awaitable[list[Known]]) -> tuple[list[Known], str]:
    """A part of it, or why that is empty. Raises Unauthorized."""
    try:
        return await part, ""
    except Unauthorized:
        raise
    except CircleCIError as error:
        return [], error.message


async def _list_waiting(context: Context) -> list[Known]:
    """Followed pipelines that wait for approval, of projects that the person can see."""
    seen = await visible_projects.list_slugs(context)
    async with context.store.begin_read() as tx:
        followed = [one for slug in sorted(seen) for one in await tx.pipelines.list_unfinished(slug)]
    known = [(one.project, one.snapshot) for one in followed]
    return [(project, snapshot) for project, snapshot in known if snapshot.pending_holds][:_WAITING]


async def _list_mine(context: Context) -> list[Known]:
    """The latest pipelines that the person started, over all their organisations."""
    orgs = [org.slug for org in await context.circleci.list_collaborations() if org.slug][:_ORGS]
    found = await asyncio.gather(*(_list_mine_in_org(context.circleci, org) for org in orgs))
    latest = sorted(chain(*found), key=lambda pipeline: pipeline.created_at or _LONG_AGO, reverse=True)
    newest = list(_pair_with_project(latest))[:_MINE]
    snapshots = await fetch_snapshots(context.circleci, [pipeline for _, pipeline in newest])
    return [(project, snapshot) for (project, _), snapshot in zip(newest, snapshots, strict=True)]


async def _list_mine_in_org(circleci: CircleCI, org: str) -> list[Pipeline]:
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
