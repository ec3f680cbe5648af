"""`circlebot outbox replay`: tells again what was lost, as CircleCI knows it, and says nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from bot.diagnostics import slack_checks
from bot.diagnostics.examination import build_client
from bot.domain import ProjectSlug
from bot.domain.audit_records import CONSOLE_CHAIN
from bot.errors import BotError
from bot.operating import serve, settings_problems
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.operator_records import record_operation
from bot.operating.process import CommandFailed, run_async
from bot.settings import Settings
from bot.store.pipelines import RETENTION
from bot.store.replays import Replay
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.notify.poll.replayer import ReplayReader
    from bot.notify.publish.replaying import ReplayPublisher

_COUNTED = 200
"""Pipelines of a project that `--dry-run` reads."""

Target = tuple[str, ProjectSlug]
"""A workspace, and a project that a rule of it covers."""


def replay(
    *,
    since: Annotated[datetime | None, Parameter(help="From when on something was lost, UTC: 2026-01-31T04:00.")] = None,
    workspace: Annotated[str | None, Parameter(help="Only what rules of this workspace want.")] = None,
    dry_run: Annotated[
        bool, Parameter("--dry-run", negative=(), help="Say what would be told, and tell nothing.")
    ] = False,
) -> None:
    """Tell what rules want of what ended since then, where it was not told yet: after a lost database, or a mistake.

    circlebot does it while it runs. Without --since it says how far that is.
    """
    settings = require_settings(settings_problems.find_store_problems)
    if since is None:
        run_async(_say_progress(settings, workspace))
    else:
        run_async(_replay(settings, since.replace(tzinfo=since.tzinfo or UTC), workspace, dry_run=dry_run))


async def _say_progress(settings: Settings, workspace: str | None) -> None:
    async with serve.open_store(settings) as store, store.begin_read() as tx:
        asked = await tx.replays.list_all(workspace)
    say("\n".join(_format(one, left) for one, left in asked) or "Nothing is replayed: name --since.")


async def _replay(settings: Settings, since: datetime, workspace: str | None, *, dry_run: bool) -> None:
    async with serve.open_store(settings) as store:
        await _check_moment(store, since)
        async with store.begin_read() as tx:
            targets = await tx.replays.list_projects(workspace)
            dropped = await tx.undelivered.count_dropped(since, workspace)
        if not targets and not dropped:
            where = f" of {workspace}" if workspace else ""
            raise CommandFailed(
                f"no rule{where} covers any project: bring the rules back first (`circlebot apply FILE`)."
            )
        if dry_run:
            say(f"{dropped} that were dropped since then would be sent after all.")
            await _count(settings, targets, since)
        else:
            await _ask(store, targets, since, workspace)
        await _warn_of_repetitions(settings, store, {one for one, _project in targets})


async def _check_moment(store: Store, since: datetime) -> None:
    now = await store.now()
    if since > now:
        raise CommandFailed("that moment has not come yet.")
    if now - since > RETENTION:
        days = RETENTION.days
        raise CommandFailed(f"that is more than {days} days ago: circlebot forgets by then what it told.")


async def _ask(store: Store, targets: Sequence[Target], since: datetime, workspace: str | None) -> None:
    now = await store.now()
    async with store.begin() as tx:
        revived = await tx.undelivered.restore_dropped(since, workspace)
        for one, project in targets:
            await tx.replays.ask(one, project, since, now=now)
        what, chain = f"since {since:%Y-%m-%d %H:%M} UTC", workspace or CONSOLE_CHAIN
        record_operation(tx, "outbox replay", now, workspace=chain, what=what)
        under_way = await tx.replays.list_all(workspace)
    if revived:
        say(f"{revived} that were dropped since then will be sent after all.")
    say("\n".join(_format(one, left) for one, left in under_way))
    say("circlebot does it while it runs; `circlebot outbox replay` says how far it is.")


def _format(one: Replay, left: int) -> str:
    where = f"{one.workspace} {one.project}  since {one.since:%Y-%m-%d %H:%M} UTC"
    if one.done_at:
        return f"{where}  done: {one.read} pipelines read"
    if one.error:
        return f"{where}  waits: {one.error}"
    return f"{where}  {one.read} of {one.read + left} pipelines read" if one.listed_at else f"{where}  begins"


async def _count(settings: Settings, targets: Sequence[Target], since: datetime) -> None:
    async with _build_parts(settings) as (reader, publisher):
        for workspace, project in targets:
            one = Replay("", workspace, project, since, None, None, 0, None)
            try:
                say(await _count_one(reader, publisher, one))
            except BotError as error:
                say(f"{workspace} {project}  cannot be read now: {error.message}")


async def _count_one(reader: ReplayReader, publisher: ReplayPublisher, one: Replay) -> str:
    found = await reader.list_pipelines(one)
    default_branch = await reader.fetch_default_branch(one)
    told = 0
    for pipeline in found[:_COUNTED]:
        reading = await reader.fetch_reading(one, pipeline.id, default_branch)
        explained = await reader.explain(await publisher.plan(reading, one), reading)
        told += await publisher.count(reading, explained, one)
    more = f" (of the newest {_COUNTED})" if len(found) > _COUNTED else ""
    return f"{one.workspace} {one.project}  {len(found)} pipelines, {told} to be told if Slack does not have it{more}"


@asynccontextmanager
async def _build_parts(settings: Settings) -> AsyncIterator[tuple[ReplayReader, ReplayPublisher]]:
    from bot.app import builders, replay_builders  # noqa: PLC0415 - no other command should pay for what it imports
    from bot.app.core import build_core  # noqa: PLC0415 - as above

    core = build_core(settings, None)
    try:
        yield replay_builders.build_reader(core, builders.build_tokens(core)), replay_builders.build_publisher(core)
    finally:
        await core.circleci.close()
        await core.store.close()


async def _warn_of_repetitions(settings: Settings, store: Store, workspaces: Iterable[str]) -> None:
    """Where Slack may not be asked what stands there already."""
    async with store.begin_read() as tx:
        found = {one: await tx.installations.find(one) for one in sorted(workspaces)}
    own = settings.slack_bot_token
    for workspace, installed in found.items():
        token = own.get_secret_value() if own else installed and installed.token
        if token and not await slack_checks.may_read_history(build_client(settings, token)):
            say(
                f"In {workspace} circlebot may not read what Slack has (channels:history was declined): what the lost "
                "database knew to be told there is told a second time."
            )
