"""`circlebot people`: what is kept about one person of Slack, handed out or erased."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter

from bot.actions.data_requests import build_export, erase_person
from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.conversation import PERSON
from bot.domain.audit_records import AuditKind, AuditRecord, Door
from bot.operating import serve, settings_problems
from bot.operating.confirmation import ask_first
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.process import CommandFailed, run_async
from bot.settings import Settings
from bot.store.personal_data import PersonalRows
from bot.store.store import Store
from bot.untrusted.masking import mask_secrets

people = App(name="people", help="What is kept about one person: hand it out, or erase it.")

User = Annotated[str, Parameter(help="Their id in Slack, such as U0123ABCD (profile, More, Copy member ID).")]
Workspace = Annotated[str | None, Parameter(help="Its id (T…), where more than one knows them.")]


@people.command(name="export")
def export_person(user: User, *, workspace: Workspace = None) -> None:
    """Print as JSON all that is kept about USER, with why and for how long. No secret is printed."""
    say(run_async(_export(require_settings(settings_problems.find_store_problems), _check(user), workspace)))


@people.command(name="erase")
def erase(
    user: User,
    *,
    workspace: Workspace = None,
    yes: Annotated[bool, Parameter("--yes", negative=(), help="Do not ask whether it is meant.")] = False,
) -> None:
    """Erase USER: their rows go, what channels still need no longer names them. Says first what it will do."""
    settings = require_settings(settings_problems.find_store_problems)
    place, known = run_async(_plan(settings, _check(user), workspace))
    say(f"{user} in {place}:\n{_format_plan(known)}\nWhat Slack and CircleCI keep themselves stays there.")
    ask_first(f"Erase {user} in {place}?", yes=yes)
    say(_format_receipt(user, place, run_async(_erase(settings, place, user))))


def _check(user: str) -> str:
    """Raises CommandFailed where no person can have this id."""
    if not re.fullmatch(PERSON, user):
        raise CommandFailed(f"{mask_secrets(user)[:40]} is no id of a person in Slack: it looks like U0123ABCD.")
    return user


async def _export(settings: Settings, user: str, workspace: str | None) -> str:
    async with serve.open_store(settings) as store:
        place = await _find_workspace(store, user, workspace)
        async with store.begin_read() as tx:
            told = await build_export(tx, place, user, SystemClock().now())
        async with store.begin() as tx:
            tx.record(_build_record(place, "export", user))
    return told


def _build_record(workspace: str, act: str, user: str) -> AuditRecord:
    now = SystemClock().now()
    return AuditRecord(
        workspace=workspace, at=now, kind=AuditKind.ACCOUNT, act=f"people {act}", door=Door.CONSOLE, what=user
    )


async def _plan(settings: Settings, user: str, workspace: str | None) -> tuple[str, list[PersonalRows]]:
    async with serve.open_store(settings) as store:
        place = await _find_workspace(store, user, workspace)
        async with store.begin_read() as tx:
            return place, await tx.personal_data.count(place, user)


async def _find_workspace(store: Store, user: str, workspace: str | None) -> str:
    """The only one that knows them. Raises CommandFailed where none does, or several and none is named."""
    async with store.begin_read() as tx:
        known = await tx.personal_data.list_workspaces(user)
    if workspace in known:
        return str(workspace)
    if not known:
        raise CommandFailed(f"nothing is kept about {user}: they were never here, or are erased already.")
    if workspace is None and len(known) == 1:
        return known[0]
    other = f"{workspace} keeps nothing about {user}" if workspace else f"more than one workspace knows {user}"
    raise CommandFailed(f"{other}: name one with --workspace ({', '.join(known)}).")


async def _erase(settings: Settings, workspace: str, user: str) -> Sequence[PersonalRows]:
    pool = CircleCIPool(settings.circleci_url, clock=SystemClock())
    try:
        async with serve.open_store(settings) as store:
            async with store.begin_read() as tx:
                account = await tx.accounts.find(workspace, user)
            circleci = pool.bind(account.token) if account and account.is_active else None
            record = _build_record(workspace, "erase", user)
            return await erase_person(store, circleci, record, workspace=workspace, user=user)
    finally:
        await pool.close()


def _format_plan(known: Sequence[PersonalRows]) -> str:
    return "\n".join(f"  {one.count:6,}  {one.fact.what} — {one.fact.format_erasure()}" for one in known)


def _format_receipt(user: str, workspace: str, erased: Sequence[PersonalRows]) -> str:
    when = f"{SystemClock().now():%Y-%m-%d %H:%M:%S} UTC"
    rows = sum(one.count for one in erased if not one.fact.stays)
    return f"Erased {user} in {workspace} at {when}: {rows:,} rows. Backups made before still hold them."
